import { z } from 'zod';

/** Longest answer that is read, in UTF-16 code units. */
export const maxAnswerLength = 200_000;

/** Deepest nesting that is read; the shapes asked for are flat. */
const maxDepth = 32;

/** A value of the shape asked for, or what is wrong with the text, in words that the model can act on. */
export type ParsedAnswer<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'unusable'; readonly reason: string };

/**
 * Reads JSON of a given shape from the text of a model. The text is hostile: it may be huge, nested, say the same thing twice,
 * or hide characters. Wrapping is taken off (byte order mark, a leading `<think>` block, one code fence, prose around the
 * braces); nothing else is repaired, because a repair invents.
 */
export function parseAnswer<T>(text: string, schema: z.ZodType<T>): ParsedAnswer<T> {
  if (text.length > maxAnswerLength) return unusable(`it is longer than ${maxAnswerLength} characters`);
  const json = unwrapped(text);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return unusable('it is not valid JSON');
  }
  const fault = structureFault(json) ?? characterFault(value);
  if (fault !== undefined) return unusable(fault);
  const parsed = schema.safeParse(value);
  return parsed.success ? { kind: 'value', value: parsed.data } : unusable(clipped(z.prettifyError(parsed.error)));
}

const unusable = (reason: string): { kind: 'unusable'; reason: string } => ({ kind: 'unusable', reason });

const clipped = (text: string): string => (text.length > 1500 ? `${text.slice(0, 1500)}...` : text);

/** The text between the wrappings that models put around JSON. */
function unwrapped(text: string): string {
  let bare = text.replace(/^\uFEFF/, '').trim();
  if (bare.startsWith('<think>')) bare = bare.slice(bare.indexOf('</think>') + '</think>'.length).trim();
  if (bare.startsWith('{') || bare.startsWith('[')) return bare;
  const open = bare.indexOf('```');
  const close = bare.lastIndexOf('```');
  if (close > open) bare = bare.slice(open + 3, close);
  const first = bare.search(/[[{]/);
  const last = Math.max(bare.lastIndexOf('}'), bare.lastIndexOf(']'));
  return first < 0 || last < first ? bare : bare.slice(first, last + 1);
}

/**
 * What JSON.parse lets pass: a key given twice (the last one would win without a word), `__proto__` as a key, deep nesting.
 *
 * @param json text that JSON.parse accepts
 */
function structureFault(json: string): string | undefined {
  // One entry for each open bracket: the keys seen in an object, nothing in an array.
  const open: (Set<string> | undefined)[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]/g;
  for (const [token, colon] of json.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : undefined) > maxDepth)
        return `it is nested deeper than ${maxDepth} levels`;
    } else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - colon.length)) as string;
      if (key === '__proto__') return 'it has a key "__proto__"';
      const keys = open.at(-1)!;
      if (keys.has(key)) return `it gives the key ${JSON.stringify(key.slice(0, 60))} twice`;
      keys.add(key);
    }
  }
  return undefined;
}

/** Control characters (but tab and line ends), bidirectional overrides and isolates, half surrogate pairs, invisible tag characters. */
const hidden = /[^\P{Cc}\t\n\r]|[\u202A-\u202E\u2066-\u2069\p{Surrogate}\u{E0000}-\u{E007F}]/u;

/** Flags of regions (England, Scotland) are the one honest use of tag characters. */
const flag = /\u{1F3F4}[\u{E0020}-\u{E007E}]{1,8}\u{E007F}/gu;

function characterFault(value: unknown): string | undefined {
  if (typeof value === 'string')
    return hidden.test(value.replace(flag, '')) ? 'it contains control characters or hidden characters' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const fault = characterFault(key) ?? characterFault(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
