import { randomStream } from '../../src/core/random.js';
import type { PersonalDataKind } from '../../src/text/personal-data.js';

/** A made-up piece of personal data as somebody might write it, and the part of it that must not be seen again. */
export interface Canary {
  readonly kind: PersonalDataKind;
  /** How it is written: `plain`, `at and dot`, ... */
  readonly form: string;
  /** A sentence around it. */
  readonly text: string;
  /** The piece itself, as it stands in the text. */
  readonly secret: string;
}

const names = ['jane.doe', 'mkowalski', 'sam_93', 'li-wei', 'o.brien', 'priya', 'tomas.v', 'grace_h'];
const hosts = ['mailhost', 'postbox', 'example', 'corp-intra', 'uni-nord'];
const endings = ['com', 'org', 'net', 'edu', 'de', 'co.uk'];
const streets = ['Maple', 'Old Mill', 'Washington', 'Cedar Ridge', 'Oak'];
const kinds = ['Street', 'St', 'Avenue', 'Rd', 'Lane', 'Blvd'];

/** ASCII digits in another script. */
const digitsOf =
  (zero: number) =>
  (text: string): string =>
    text.replace(/\d/g, (d) => String.fromCodePoint(zero + Number(d)));

/** Appends the digit that makes a number pass Luhn's check. */
function withLuhn(digits: string): string {
  for (let last = 0; last < 10; last++) {
    const all = `${digits}${last}`;
    const sum = Array.from(all)
      .reverse()
      .reduce((total, d, k) => {
        const x = Number(d) * (k % 2 === 1 ? 2 : 1);
        return total + (x > 9 ? x - 9 : x);
      }, 0);
    if (sum % 10 === 0) return all;
  }
  throw new Error('one of ten digits fits');
}

/** ISO 13616 check digits of a German account. */
function iban(account: string): string {
  let rest = 0;
  for (const d of `${account}131400`) rest = (rest * 10 + Number(d)) % 97;
  return `DE${String(98 - rest).padStart(2, '0')}${account}`;
}

/** Invented personal data of every kind in many forms, the same for the same count. */
export function canaries(count: number): Canary[] {
  const random = randomStream('canaries');
  const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;
  const digits = (n: number): string => Array.from({ length: n }, () => random.below(10)).join('');
  const found: Canary[] = [];
  const add = (kind: PersonalDataKind, form: string, secret: string, around = (s: string) => `You know, ${s} is it.`) =>
    found.push({ kind, form, secret, text: around(secret) });
  for (let k = 0; k < count; k++) {
    const [name, host, ending] = [`${pick(names)}${digits(3)}`, `${pick(hosts)}${digits(2)}`, pick(endings)];
    const dotted = ending.replaceAll('.', ' dot ');
    add('email', 'plain', `${name}@${host}.${ending}`);
    add('email', 'brackets', `${name} (at) ${host} (dot) ${ending.split('.')[0]!}`);
    add('email', 'square brackets', `${name}[at]${host}[dot]${ending.split('.').at(-1)!}`);
    add('email', 'at and dot', `${name} at ${host} dot ${dotted}`);
    add('email', 'full width', `${name}＠${host}．${ending}`);
    add('email', 'zero width', `${name}\u200b@\u200b${host}.${ending}`);

    const area = `${2 + random.below(8)}${digits(2)}`;
    const [middle, line] = [`${2 + random.below(8)}${digits(2)}`, digits(4)];
    add('phone', 'brackets', `(${area}) ${middle}-${line}`);
    add('phone', 'dots', `${area}.${middle}.${line}`);
    add('phone', 'spaces', `${area} ${middle} ${line}`);
    add('phone', 'country', `+1-${area}-${middle}-${line}`);
    add('phone', 'run together', `${area}${middle}${line}`);
    add('phone', 'abroad', `+44 20 ${digits(4)} ${digits(4)}`);
    add('phone', 'seven digits', `${middle}-${line}`, (s) => `my cell is ${s} now`);
    add('phone', 'Arabic digits', digitsOf(0x660)(`${area}-${middle}-${line}`));
    add('phone', 'Devanagari digits', digitsOf(0x966)(`${area}-${middle}-${line}`));
    add('phone', 'full-width digits', digitsOf(0xff10)(`${area}-${middle}-${line}`));

    const card = withLuhn(`4${digits(14)}`);
    add('card', 'plain', card);
    add('card', 'groups', card.replace(/(\d{4})(?=\d)/g, '$1 '));
    add('card', 'dashes', card.replace(/(\d{4})(?=\d)/g, '$1-'));
    add('card', 'Arabic digits', digitsOf(0x660)(card));
    add('account', 'IBAN', iban(`1${digits(17)}`));
    add('account', 'IBAN in groups', iban(`1${digits(17)}`).replace(/(.{4})(?=.)/g, '$1 '));
    const ssn = [`${1 + random.below(5)}${1 + random.below(9)}${digits(1)}`, `1${digits(1)}`, `2${digits(3)}`];
    add('ssn', 'dashes', ssn.join('-'));
    add('ssn', 'spaces', ssn.join(' '));
    add('ssn', 'run together', ssn.join(''), (s) => `they asked for my social security number ${s} again`);
    add('document', 'passport', `C${digits(8)}`, (s) => `passport no. ${s} expired`);
    add('document', 'licence', `D${digits(3)}-${digits(4)}-${digits(4)}`, (s) => `my driver's license ${s}`);
    add('document', 'member id', `XK${digits(7)}`, (s) => `member ID: ${s} on the card`);

    add('ip', 'version 4', `${1 + random.below(254)}.${random.below(256)}.${random.below(256)}.${random.below(256)}`);
    add('ip', 'version 6', `2001:db8:${digits(3)}:0:0:8a2e:${digits(3)}:7334`);
    add('ip', 'version 6, short', `2001:db8::${1 + random.below(9)}a${digits(2)}`);
    add('ip', 'hardware address', `00:1b:44:11:${digits(2)}:${digits(2)}`);

    add('url', 'https', `https://${host}.${ending}/~${name}?q=${digits(4)}`);
    add('url', 'www', `www.${host}.${ending}/${name}`);
    add('url', 'bare', `${name.replaceAll(/[._]/g, '-')}.${pick(['com', 'org', 'net'])}/me`);
    add('url', 'defanged', `hxxps://${host}[.]com/${name}`);
    add('url', 'short link', `bit.ly/${name.slice(0, 4)}${digits(3)}`);

    const number = String(10 + random.below(9900));
    const road = pick(streets);
    add('address', 'street', `${number} ${road} ${pick(kinds)}`);
    add(
      'address',
      'lower case',
      `${number} ${road.toLowerCase()} ${pick(kinds).toLowerCase()}`,
      (s) => `we live at ${s} now`,
    );
    add('address', 'box', `P.O. Box ${number}`);
    add('address', 'German', `${pick(['Goethe', 'Linden', 'Bahnhof'])}straße ${1 + random.below(200)}`);
    add('place', 'coordinates', `${20 + random.below(50)}.${digits(5)}, -${80 + random.below(40)}.${digits(5)}`);

    const handle = `${pick(names).replaceAll(/[.-]/g, '_')}${digits(4)}`;
    add('handle', 'at', `@${handle}`);
    add('handle', 'Reddit', `u/${handle}`);
    add('handle', 'Discord', `${handle}#${digits(4)}`);
    add('handle', 'named service', handle, (s) => `follow me, insta: ${s}`);
    add('handle', 'named service in words', handle, (s) => `my snapchat is ${s}`);
  }
  return found;
}
