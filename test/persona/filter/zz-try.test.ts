import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { it } from 'vitest';
import { reader } from '../evidence-fixture.js';
import { randomStream } from '../../../src/core/random.js';
import { isGrounded, randomSpan, groundsOf } from '../../../src/persona/filter/grounding.js';
it('x', () => {
  const demo = new Map<string, any>();
  for (const l of readFileSync('data/histories/demo.jsonl','utf8').trim().split('\n')) { const r = JSON.parse(l); const h = demo.get(r.author) ?? {person: r.author, declared:{attributes:{}}, posts: []}; h.posts.push({id:`${r.author}#${h.posts.length+1}`, date:r.date, text:r.text}); demo.set(r.author,h);}
  const blogs = gunzipSync(readFileSync('/work/shared/data/blogs-dlatk/blogs501.jsonl.gz')).toString().trim().split('\n').map(l=>JSON.parse(l)).map((r:any)=>({person:String(r.id),declared:{attributes:{}},posts:r.posts.map((p:any,k:number)=>({id:`${r.id}#${k+1}`,text:p.text}))}));
  for (const [name, hs] of [['demo',[...demo.values()]],['blogs',blogs]] as const) {
    const evs = hs.map((h:any)=>[h,reader.read(h).claims] as const);
    const random=randomStream('9'); let claims=0,real=0,lex=0,n=0,pass=0;
    for (const [h,cs] of evs){ const {posts,known}=groundsOf(h,reader); for(const c of cs){claims++; if(isGrounded(c,posts,known))real++; if(isGrounded(c,posts,new Set()))lex++; for(let k=0;k<20;k++){const s=randomSpan(c.source,posts,random); if(!s)continue; n++; if(isGrounded({...c,source:s},posts,known))pass++;}}}
    console.log('GR',name,claims,'real',real/claims,'without known',(lex/claims).toFixed(3),'random',(pass/n).toFixed(4),n);
  }
},600000);
