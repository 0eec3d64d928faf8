/**
 * The style sheet of the HTML report. Text colours keep a contrast of at least 4.5 on their backgrounds in both schemes;
 * blue and orange stay apart for readers who do not tell red from green.
 */
export const style = `
:root{color-scheme:light dark;--page:#fff;--panel:#f6f7f8;--ink:#1a1d21;--muted:#59616b;--line:#dfe3e7;--before:#b04a00;--after:#0b5fa5;--target:#b9c1ca;
--good:#0b5fa5;--good-soft:#eaf2fa;--bad:#a33b00;--bad-soft:#fdf1e7;
--p1:#fdeedd;--p2:#fad6ad;--p3:#f3b271;--p4:#e48f3e;--m1:#e5f0f9;--m2:#c3ddf2;--m3:#92c2e8;--m4:#62a6da}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--panel:#1c2026;--ink:#e9ecef;--muted:#a6afb9;--line:#333a42;--before:#f0a35e;--after:#62b1f1;--target:#4b545e;
--good:#62b1f1;--good-soft:#16273a;--bad:#f0a35e;--bad-soft:#33220f;
--p1:#33271b;--p2:#4c351b;--p3:#6b461a;--p4:#86540f;--m1:#1a2836;--m2:#173a57;--m3:#124c78;--m4:#0e5c97}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
main,header,footer{max-width:68rem;margin:0 auto;padding:0 1rem}
header{padding-top:3.5rem}
footer{padding-top:2rem;padding-bottom:4rem;color:var(--muted);font-size:.875rem}
h1,h2,h3{line-height:1.25;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:clamp(1.6rem,4.5vw,2.4rem);font-weight:650;letter-spacing:-.02em;margin:0 0 .5rem}
h2{font-size:1.45rem;font-weight:620;letter-spacing:-.01em;margin:4.5rem 0 .75rem}
h3{font-size:1rem;font-weight:620;margin:2.5rem 0 0}.head h3,.grid h3,.example h3{margin:0}
p{margin:.5rem 0;max-width:46rem}
ul{margin:.75rem 0;padding-left:1.2rem;max-width:46rem}
li{margin:.3rem 0;overflow-wrap:anywhere}
a{color:var(--after)}
.lead,.muted,figcaption,.caption{color:var(--muted)}
.lead{font-size:1.0625rem}
.verdict{margin-top:2.25rem;padding:1.5rem 1.75rem 1.35rem;border-radius:.75rem;border-left:.3rem solid var(--good);background:var(--good-soft)}
.verdict.not{border-color:var(--bad);background:var(--bad-soft)}
.verdict h2{margin:0 0 .5rem;font-size:1.75rem;color:var(--good)}
.verdict.not h2{color:var(--bad)}
.verdict p{max-width:54rem}.verdict .what{font-size:1.125rem}
.verdict .muted{margin-top:1rem;font-size:.9375rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem;margin:1.25rem 0 0;padding:0}
.cards div{border:1px solid var(--line);border-radius:.75rem;padding:1.1rem 1.25rem}
.cards dt{font-size:.875rem;color:var(--muted)}
.cards .value{margin:.1rem 0 .35rem;font-size:2rem;font-weight:640;line-height:1.2;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.cards .note{margin:0;font-size:.875rem;line-height:1.45;color:var(--muted);overflow-wrap:anywhere}
figure{margin:0}
figcaption{font-size:.875rem;line-height:1.5;margin:.25rem 0 0;overflow-wrap:anywhere}
.plot{display:block;width:100%;max-width:24rem;height:auto;overflow:visible;font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.plot text,.plot tspan{white-space:pre}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:1.25rem 0;padding:0;max-width:none;list-style:none;font-size:.9375rem}
.legend li{display:flex;align-items:center;gap:.45rem;margin:0}
.key{flex:none;width:1.5rem;height:.875rem;overflow:visible}
.margins{columns:20.5rem 3;column-gap:2rem}
.margins section{break-inside:avoid;padding-bottom:2rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20.5rem),1fr));gap:2rem;margin:1.25rem 0}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:.2rem .6rem}
.tag{font-size:.78rem;font-weight:600;padding:.05rem .5rem;border-radius:1rem;color:var(--bad);background:var(--bad-soft);border:1px solid currentColor;white-space:nowrap}
.origin{display:block;width:100%;height:.4rem;margin:.3rem 0 .2rem;max-width:24rem;border-radius:.2rem;overflow:hidden;background:var(--line)}
.origin line{stroke-width:.4rem;vector-effect:non-scaling-stroke}
.origin .stated{stroke:var(--after)}.origin .inferred{stroke:var(--m3)}.origin .imputed{stroke:var(--before);stroke-dasharray:2 3}
.origin-text{display:block;margin:0 0 .5rem;font-size:.8125rem}
.scroll{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;font-size:.875rem;line-height:1.45;font-variant-numeric:tabular-nums;width:100%}
.caption{font-size:.875rem;margin:1rem 0 0}
th,td{text-align:left;vertical-align:top;padding:.5rem 1rem .5rem 0;border-bottom:1px solid var(--line);max-width:20rem;overflow-wrap:break-word}
td:not(.n){min-width:9rem}
tr>:last-child{padding-right:0}
thead th{font-weight:600;color:var(--muted);vertical-align:bottom;overflow-wrap:normal}
tbody th{font-weight:600;min-width:7rem}
.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
thead .n{white-space:normal}
.steps td{white-space:pre-line}.steps th,.steps td{padding-right:.75rem}
.steps tbody tr:nth-last-child(-n+2)>*{color:var(--muted);font-weight:400}
.narrow table{width:auto;min-width:min(100%,26rem)}
.heat td.n,.heat thead .n{text-align:center;padding:.5rem .25rem}
.heat td.n{border:2px solid var(--page)}
.heat .strong{font-weight:700}
.heat th{padding-right:.75rem;min-width:7.5rem}.heat thead .n{min-width:4rem}
.p1{background:var(--p1)}.p2{background:var(--p2)}.p3{background:var(--p3)}.p4{background:var(--p4)}
.m1{background:var(--m1)}.m2{background:var(--m2)}.m3{background:var(--m3)}.m4{background:var(--m4)}
details{margin:.75rem 0}
summary{cursor:pointer;font-size:.9375rem;color:var(--after);padding:.35rem 0;width:fit-content}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:2px solid var(--after);outline-offset:3px;border-radius:.2rem}
.margins details{margin:0;max-width:24rem}.margins summary{font-size:.8125rem}.margins table{font-size:.8125rem}.margins th,.margins td{min-width:0;padding:.3rem .5rem .3rem 0}
.margins .caption{font-size:.8125rem;margin:.25rem 0 0}
.limits{margin-top:4.5rem;padding:1.75rem;border-radius:.75rem;background:var(--panel)}
.limits h2{margin-top:0;font-size:1.75rem}.limits p,.limits ul{max-width:54rem}
.limits ul{font-size:1.125rem;line-height:1.55}
.limits li{margin:.6rem 0}
.example{margin:1.25rem 0;padding:1.1rem 1.25rem;border:1px solid var(--line);border-radius:.75rem}
.example h3{font-variant-numeric:tabular-nums}
.example .attributes{font-size:.875rem;color:var(--muted);max-width:none}
.example .text{white-space:pre-wrap;overflow-wrap:anywhere;max-width:46rem;unicode-bidi:isolate}
bdi{overflow-wrap:anywhere}
@media (max-width:30rem){header{padding-top:2rem}h2{margin-top:3.25rem}.verdict,.limits{padding:1.1rem 1.15rem}}
@media print{
:root{color-scheme:light;--page:#fff;--panel:#f6f7f8;--ink:#000;--muted:#444;--line:#ccc;--before:#b04a00;--after:#0b5fa5;--target:#b9c1ca;--good:#0b5fa5;--good-soft:#eaf2fa;--bad:#a33b00;--bad-soft:#fdf1e7;
--p1:#fdeedd;--p2:#fad6ad;--p3:#f3b271;--p4:#e48f3e;--m1:#e5f0f9;--m2:#c3ddf2;--m3:#92c2e8;--m4:#62a6da}
body{font-size:10pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
header{padding-top:0}h2{margin-top:2rem;break-after:avoid}h3{break-after:avoid}
main,header,footer{max-width:none;padding:0}
.cards{grid-template-columns:repeat(3,1fr)}.margins{columns:2}.grid{grid-template-columns:repeat(2,1fr)}
.verdict,.cards div,figure,.example,tr{break-inside:avoid}
.cards .value{font-size:1.4rem}.scroll{overflow:visible}table,.margins table{font-size:7.5pt}th,td{min-width:0;padding-right:.5rem}tbody th,td:not(.n){min-width:0}.margins table{font-size:6.5pt}
details::details-content{content-visibility:visible;block-size:auto}
}
`;
