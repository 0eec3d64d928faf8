import type { Grid } from './grid.js';
import { escapeHtml } from './safe-text.js';

/** HTML that may stand as it is. Only {@link markup} and {@link trusted} make it. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | readonly Part[];

/** Template tag: everything put in is escaped, unless it is markup itself; arrays are joined. */
export const markup = (pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  html: pieces.map((piece, i) => (i === 0 ? piece : fill(parts[i - 1]!) + piece)).join(''),
});

const fill = (part: Part): string => {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(fill).join('');
};

/** Text written by this program, never by a user or a model: plots and style sheets. */
export const trusted = (html: string): Markup => ({ html });

/** No markup at all. */
export const nothing = trusted('');

/** A table that scrolls sideways inside its own box on narrow screens. */
export const table = ({ caption, columns, rows }: Grid): Markup => markup`
<p class="caption">${caption}</p>
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table aria-label="${caption}">
<thead><tr>${columns.map(({ title, numeric }) => markup`<th scope="col"${align(numeric)}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
  (row) => markup`
<tr>${row.map((cell, j) =>
    j === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${align(columns[j]!.numeric)}>${cell}</td>`,
  )}</tr>`,
)}
</tbody></table></div>`;

const align = (numeric: boolean): Markup => (numeric ? trusted(' class="n"') : nothing);

/** A plot with its description for readers who do not see it; the caption stands above it or, by default, below. */
export function figure(svg: string, label: string, caption: Part, place: 'above' | 'below' = 'below'): Markup {
  const image = markup`<div role="img" aria-label="${label}">${trusted(svg)}</div>`;
  const words = markup`<figcaption>${caption}</figcaption>`;
  return markup`
<figure>${place === 'above' ? [words, image] : [image, words]}</figure>`;
}

/** Depth for those who want it. */
export const details = (summary: string, content: Part): Markup =>
  markup`<details><summary>${summary}</summary>${content}</details>`;

/** An unordered list, each item escaped. */
export const list = (items: readonly string[]): Markup =>
  markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;

/** One paragraph a sentence, each escaped; null makes none. */
export const paragraphs = (sentences: readonly (string | null)[]): Markup =>
  markup`${sentences.map((sentence) => (sentence === null ? nothing : markup`<p>${sentence}</p>`))}`;
