/** What kind of personal data a span holds. */
export type PersonalDataKind = 'email' | 'phone' | 'ssn' | 'card' | 'ip' | 'url' | 'address' | 'handle';

/** A half-open range of UTF-16 code units that could identify or reach a person. */
export interface PersonalData {
  readonly kind: PersonalDataKind;
  readonly start: number;
  readonly end: number;
}

/** Streets as they end in addresses of the United States. */
const street =
  '(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|circle|cir|place|pl|terrace|ter|parkway|pkwy|highway|hwy|trail|way)';

/**
 * In order of precedence: a span that overlaps an earlier finding is dropped. Every repetition is bounded, so the time is
 * linear in the length of the text.
 */
const rules: readonly { kind: PersonalDataKind; pattern: RegExp; accept?: (match: string) => boolean }[] = [
  { kind: 'url', pattern: /\b(?:https?:\/\/|www\.)[^\s<>"']{1,500}/gi },
  { kind: 'email', pattern: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g },
  {
    kind: 'url',
    pattern:
      /(?<![\w@.-])[a-z0-9][a-z0-9-]{1,62}\.(?:com|org|net|edu|gov|io|info|blogspot\.com)(?:\/[^\s<>"']{0,200})?(?!\w)/gi,
  },
  { kind: 'ip', pattern: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/g, accept: isAddressV4 },
  { kind: 'ip', pattern: /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi },
  { kind: 'card', pattern: /(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)/g, accept: isCardNumber },
  { kind: 'ssn', pattern: /(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g, accept: isSocialSecurityNumber },
  {
    kind: 'phone',
    pattern:
      /(?<![\d.$,-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])|(?<!\w)\+\d{1,3}(?:[ .-]?\d{2,4}){3,5}(?!\d)/g,
  },
  {
    kind: 'phone',
    pattern:
      /(?<=\b(?:call|text|phone|cell|mobile|tel|fax)\b.{0,20}?)(?<![\d.$,-])(?:\d{10}|\d{3}[ .-]\d{4})(?![\d-])/gi,
  },
  {
    kind: 'address',
    pattern: new RegExp(
      `(?<![\\d$#.,-])\\d{1,6}[a-z]? (?:[NSEW]\\.? )?(?:(?:[A-Z][a-z'.-]{1,20}|\\d{1,3}(?:st|nd|rd|th)) ){1,3}(?:${street}|${capital(street)})\\b`,
      'g',
    ),
  },
  { kind: 'address', pattern: /\bP\.? ?O\.? ?Box \d{1,6}\b/gi },
  { kind: 'handle', pattern: /(?<![\w@.])@[A-Za-z_]\w{1,29}\b/g },
];

/** Emails, phone numbers, social security and card numbers, IP addresses, URLs, street addresses and handles, in order. */
export function personalData(text: string): PersonalData[] {
  const found: PersonalData[] = [];
  const taken = new Uint8Array(text.length);
  for (const { kind, pattern, accept } of rules)
    for (const { 0: match, index } of text.matchAll(pattern)) {
      const end = index + match.length;
      if ((accept && !accept(match)) || taken.subarray(index, end).includes(1)) continue;
      taken.fill(1, index, end);
      found.push({ kind, start: index, end });
    }
  return found.sort((a, b) => a.start - b.start);
}

function capital(alternatives: string): string {
  return alternatives.replace(/(?<=[:|])[a-z]/g, (letter) => letter.toUpperCase());
}

function isAddressV4(match: string): boolean {
  return match.split('.').every((part) => Number(part) <= 255);
}

/** Luhn's check: from the right, every second digit doubled, sum of digits divisible by ten. */
function isCardNumber(match: string): boolean {
  const digits = match.replace(/\D/g, '');
  if (digits.length < 13 || digits.length > 19 || /^0/.test(digits)) return false;
  let sum = 0;
  for (let k = 0; k < digits.length; k++) {
    const digit = Number(digits[digits.length - 1 - k]) * (k % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Areas 000, 666 and 9xx, group 00 and serial 0000 are never issued. */
function isSocialSecurityNumber(match: string): boolean {
  const [area, group, serial] = match.split('-');
  return !/^(?:000|666|9..)$/.test(area!) && group !== '00' && serial !== '0000';
}
