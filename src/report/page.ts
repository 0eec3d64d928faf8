import { sha256 } from '../core/canonical-json.js';
import { type Markup, markup, trusted } from './markup.js';
import { oneLine } from './safe-text.js';
import { style } from './style.js';

/** The hash of a style sheet as a policy names it. */
const hashOf = (sheet: string): string => `'sha256-${Buffer.from(sha256(sheet), 'hex').toString('base64')}'`;

/** Nothing is loaded, nothing runs and nothing but the one style sheet styles, whatever a text may contain. */
const policy = `default-src 'none'; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;

/** A page of a report. */
export interface Page {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly Markup[];
  readonly footer: string;
}

/** A whole HTML document: inline style sheet, no script, no outside resource. */
export const htmlPage = ({ title, lead, sections, footer }: Page): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${oneLine(title)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${oneLine(title)}</h1>
<p class="lead">${lead}</p>
</header>
<main>
${sections.map((section, k) => (k === 0 ? section : markup`\n${section}`))}
</main>
<footer>${footer}</footer>
</body>
</html>
`.html;
