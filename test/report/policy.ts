import { createHash } from 'node:crypto';

/** The policy that a page must have: its one style sheet by hash, and nothing else. */
export function policyOf(html: string): string {
  const [sheet] = Array.from(html.matchAll(/<style>([^]*?)<\/style>/g), ([, text]) => text!);
  const hash = createHash('sha256').update(sheet!).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
