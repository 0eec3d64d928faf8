import { type Markup, markup, trusted } from './markup.js';

/** Legend samples as tiny drawings, so that shape and not colour alone tells them apart. */
export const legendMarks = {
  asked:
    '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path d="M12 1v12" stroke="currentColor" stroke-width="2.5"/></svg>',
  now: '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><circle cx="12" cy="7" r="4.5" fill="var(--after)"/></svg>',
  interval:
    '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path d="M1 7h22" stroke="var(--after)" stroke-width="1.5"/></svg>',
  before:
    '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><circle cx="12" cy="7" r="4" fill="none" stroke="var(--before)" stroke-width="1.75"/></svg>',
  ring: '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><circle cx="12" cy="7" r="5.5" fill="none" stroke="var(--before)" stroke-width="1.75"/></svg>',
  targetArea:
    '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path d="M1 13Q12 -8 23 13Z" fill="var(--target)"/></svg>',
  beforeLine:
    '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path d="M1 7h22" stroke="var(--before)" stroke-width="2" stroke-dasharray="5 3"/></svg>',
  nowLine:
    '<svg class="key" viewBox="0 0 24 14" aria-hidden="true"><path d="M1 7h22" stroke="var(--after)" stroke-width="2.5"/></svg>',
} as const;

/** A legend: samples drawn by {@link legendMarks}, with words. */
export const legend = (entries: readonly (readonly [string, string])[]): Markup =>
  markup`<ul class="legend">${entries.map(([mark, words]) => markup`<li>${trusted(mark)} ${words}</li>`)}</ul>`;
