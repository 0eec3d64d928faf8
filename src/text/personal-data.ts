/** What kind of personal data a span holds. */
export type PersonalDataKind =
  'email' | 'phone' | 'ssn' | 'card' | 'account' | 'document' | 'ip' | 'url' | 'address' | 'place' | 'handle';

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
 * linear in the length of the text. What is cheap to test comes first in each: a look-behind for a word nearby is slow.
 */
const rules: readonly { kind: PersonalDataKind; pattern: RegExp; accept?: (match: string) => boolean }[] = [
  { kind: 'url', pattern: /\b(?:h(?:tt|xx)ps?:\/\/|ftp:\/\/|www\.)[^\s<>"']{1,500}/gi },
  { kind: 'email', pattern: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g },
  // "jane (at) mail (dot) org" and "jane at mail dot org".
  {
    kind: 'email',
    pattern:
      /(?<![\w.+-])[\w.+-]{1,64} ?(?:@|[([{<] ?(?:at|@) ?[)\]}>]|(?<= )at(?= )) ?[\w-]{1,63}(?: ?(?:\.|[([{<] ?(?:dot|\.) ?[)\]}>]|(?<= )dot(?= )) ?[a-z-]{2,63}){1,3}(?!\w)/gi,
    accept: isObfuscated,
  },
  {
    kind: 'url',
    pattern:
      /(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}(?:\.|\[\.\]|\(\.\)| ?[([]dot[)\]] ?)){1,4}(?:com|org|net|edu|gov|io|info|me|co|ly|tv|gg|app|dev|blog|uk|de|fr|ca|au|us|ru|in|br|jp)(?:\/[^\s<>"']{0,200})?(?![\w@]|\.\w)/gi,
    accept: isDomain,
  },
  { kind: 'ip', pattern: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/g, accept: isAddressV4 },
  { kind: 'ip', pattern: /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi },
  { kind: 'ip', pattern: /(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])/gi, accept: isAddressV6 },
  { kind: 'ip', pattern: /(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])/gi },
  { kind: 'account', pattern: /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)/g, accept: isIban },
  { kind: 'card', pattern: /(?<!\d)(?:\d[ .-]?){12,18}\d(?!\d)/g, accept: isCardNumber },
  { kind: 'ssn', pattern: /(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])/g, accept: isSocialSecurityNumber },
  { kind: 'ssn', pattern: /(?<!\d)(?=\d{9}(?!\d))(?<=\b(?:ssn|social(?: security)?)\b.{0,20}?)\d{9}/gi },
  {
    kind: 'document',
    pattern:
      /(?<![\w$])(?=[\w-]{0,11}\d)(?<=\b(?:passport|licen[cs]e|driver'?s|plate|policy|account|acct|routing|case|medicare|medicaid|member|insurance|national id|tax id|ein|visa|green card|id)\b.{0,16}?)[A-Z0-9](?:-?[A-Z0-9]){5,19}(?!\w)/gi,
    accept: isNumbered,
  },
  {
    kind: 'phone',
    pattern:
      /(?<![\d.$,-])(?:\+?1[ .-]?)?(?:\(\d{3}\)[ -]?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])|(?<!\w)(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,6}(?!\d)/g,
    accept: isDialled,
  },
  { kind: 'phone', pattern: /(?<![\w.$,+-])1?[2-9]\d{2}[2-9]\d{6}(?![\w-]|[.,]\d)/g },
  {
    kind: 'phone',
    pattern:
      /(?=\d)(?<![\d.$,-])(?<=\b(?:call|text|phone|cell|mobile|tel|fax|whatsapp|number)\b.{0,20}?)(?:\d{10}|\d{3}[ .-]\d{4}|0\d{2,4}[ /-]?\d{3,4}[ -]?\d{3,4})(?![\d-])/gi,
  },
  {
    kind: 'address',
    pattern: new RegExp(
      `(?<![\\d$#.,-])\\d{1,6}[a-z]? (?:[NSEW]\\.? )?(?:(?:[A-Z][a-z'.-]{1,20}|\\d{1,3}(?:st|nd|rd|th)) ){1,3}(?:${street}|${capital(street)})\\b`,
      'g',
    ),
  },
  // In lower case only after "at", "on" or "address": "20 minutes drive" is no address.
  {
    kind: 'address',
    pattern: new RegExp(
      `(?<=\\b(?:at|address is|address:|live on|lives at) )\\d{1,6}[a-z]? (?:[a-z][a-z'.-]{1,20} ){1,3}${street}\\b`,
      'gi',
    ),
  },
  {
    kind: 'address',
    pattern: /(?<!\p{L})\p{Lu}\p{L}{2,30}(?:straße|strasse|str\.|gasse|allee|weg|platz) \d{1,4}[a-z]?(?!\w)/gu,
  },
  {
    kind: 'address',
    pattern:
      /(?<!\p{L})(?:rue|avenue|calle|via|rua) (?:\p{L}{1,20} ){0,3}\p{L}{2,20},? \d{1,4}(?!\w)|(?<!\w)\d{1,4},? (?:rue|boulevard|avenue) (?:\p{L}{1,20} ){0,3}\p{Lu}\p{L}{2,20}/giu,
  },
  { kind: 'address', pattern: /\bP\.? ?O\.? ?Box \d{1,6}\b/gi },
  {
    kind: 'place',
    pattern: /(?<![\d.])-?\d{1,2}\.\d{3,10}°?(?: ?[NS])?,? {0,2}-?\d{1,3}\.\d{3,10}°?(?: ?[EW])?(?![\d.])/g,
  },
  { kind: 'handle', pattern: /(?<![\w@.])@[A-Za-z_][\w.]{0,28}\w/g },
  { kind: 'handle', pattern: /(?<![\w/])\/?u\/[\w-]{3,20}(?!\w)/g },
  { kind: 'handle', pattern: /(?<![\w#])[\w.]{2,32}#\d{4}(?!\d)/g },
  {
    kind: 'handle',
    pattern:
      /(?<=\b(?:instagram|insta|ig|snap(?:chat)?|twitter|tiktok|telegram|discord|steam|psn|gamertag|kik|venmo|cashapp|username|skype) ?(?:is|:|-|=|handle|@) ?)(?!is\b|my\b|the\b|a\b)\$?[\w.-]{3,32}(?!\w)/gi,
  },
];

/**
 * Emails, phone numbers, numbers of accounts, cards and documents, network addresses, links, street addresses, coordinates and
 * handles, in order. Digits of any script count, and characters without width do not hide what they stand in. Personal names are
 * not found, and no pattern finds all.
 */
export function personalData(text: string): PersonalData[] {
  const { plain, offsets } = readable(text);
  const found: PersonalData[] = [];
  const taken = new Uint8Array(plain.length);
  for (const { kind, pattern, accept } of rules)
    for (const { 0: match, index } of plain.matchAll(pattern)) {
      const end = index + match.length;
      if ((accept && !accept(match)) || taken.subarray(index, end).includes(1)) continue;
      taken.fill(1, index, end);
      found.push(
        offsets === null
          ? { kind, start: index, end }
          : { kind, start: offsets[index]!, end: offsets[end - 1]! + widthAt(text, offsets[end - 1]!) },
      );
    }
  return found.sort((a, b) => a.start - b.start);
}

/** What stands in a text for personal data of each kind: signs, not words, so that nobody seems to write about "links". */
const signs: Readonly<Record<PersonalDataKind, string>> = {
  email: '[✉]',
  phone: '[☎]',
  ssn: '[№]',
  card: '[№]',
  account: '[№]',
  document: '[№]',
  ip: '[⇄]',
  url: '[↗]',
  address: '[⌂]',
  place: '[⌖]',
  handle: '[@]',
};

/** A text without personal data. */
export interface Scrubbed {
  readonly text: string;
  /** How many pieces of each kind were replaced. */
  readonly replaced: Readonly<Partial<Record<PersonalDataKind, number>>>;
}

/** Puts a sign in the place of all {@link personalData} of a text. Doing it twice changes nothing more. */
export function withoutPersonalData(text: string): Scrubbed {
  const found = personalData(text);
  if (found.length === 0) return { text, replaced: {} };
  const replaced: Partial<Record<PersonalDataKind, number>> = {};
  let [scrubbed, from] = ['', 0];
  for (const { kind, start, end } of found) {
    scrubbed += text.slice(from, start) + signs[kind];
    replaced[kind] = (replaced[kind] ?? 0) + 1;
    from = end;
  }
  return { text: scrubbed + text.slice(from), replaced };
}

/** Characters that are read as others or not at all: digits of other scripts, full-width forms, and what has no width. */
const disguised = /[\uFF01-\uFF5E]|\p{Default_Ignorable_Code_Point}|(?![0-9])\p{Nd}/u;

/** The text as patterns read it, and where each of its characters comes from (null: the text itself). */
function readable(text: string): { plain: string; offsets: readonly number[] | null } {
  if (!disguised.test(text)) return { plain: text, offsets: null };
  let plain = '';
  const offsets: number[] = [];
  let offset = 0;
  for (const character of text) {
    const read = !disguised.test(character)
      ? character
      : /\p{Nd}/u.test(character)
        ? String(digitValue(character.codePointAt(0)!))
        : /[\uFF01-\uFF5E]/.test(character)
          ? character.normalize('NFKC')
          : '';
    plain += read;
    for (let unit = 0; unit < read.length; unit++) offsets.push(read === character ? offset + unit : offset);
    offset += character.length;
  }
  return { plain, offsets };
}

/** Code units of the character at an offset. */
const widthAt = (text: string, offset: number): number => (text.codePointAt(offset)! > 0xffff ? 2 : 1);

/** The digits of a script follow one another from zero; those of mathematics come five times in a row. */
function digitValue(code: number): number {
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}

function capital(alternatives: string): string {
  return alternatives.replace(/(?<=[:|])[a-z]/g, (letter) => letter.toUpperCase());
}

/** An obfuscated email has a bracket, or ends as a domain does: "meet me @ noon. Then we left" is none. */
function isObfuscated(match: string): boolean {
  return /[([{<]/.test(match) || /(?:[^ ]\.| dot )(?:com|org|net|edu|gov|io|de|uk|fr|ca|me|co)$/i.test(match);
}

/** A name before a dot and a short ending may be the end of one sentence and the start of the next: "done.me". */
function isDomain(match: string): boolean {
  return (
    /\.(?:com|org|net|edu|gov|io|info|app|dev|blog|tv)(?![a-z])|[[(/]/i.test(match) ||
    /^[\w-]+\.[\w-]+\.[a-z]+$/i.test(match) ||
    /^(?:bit|t|youtu|fb|goo|discord|twitch|linktr)\./i.test(match)
  );
}

/** Compressed notation has one gap and at least three groups, or letters among them: 12:30::5 is none. */
function isAddressV6(match: string): boolean {
  return (
    match.includes('::') && match.split('::').length === 2 && (/[a-f]/i.test(match) || match.split(':').length > 4)
  );
}

/** ISO 13616: the first four characters behind the rest, letters as 10 to 35, divisible by 97 with a remainder of 1. */
function isIban(match: string): boolean {
  const compact = match.replaceAll(' ', '');
  if (compact.length < 15 || compact.length > 34) return false;
  let rest = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4))
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** At least five digits, or letters and digits mixed: a word is none. */
function isNumbered(match: string): boolean {
  const digits = match.replace(/\D/g, '').length;
  return digits >= 5 || (digits >= 3 && /[A-Z]/.test(match) && !/[a-z]/.test(match));
}

/** A number with a country code has seven to fifteen digits (ITU-T E.164). */
function isDialled(match: string): boolean {
  const digits = match.replace(/\D/g, '').length;
  return digits >= 7 && digits <= 17;
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
  const [area, group, serial] = match.split(/[- ]/);
  return !/^(?:000|666|9..)$/.test(area!) && group !== '00' && serial !== '0000';
}
