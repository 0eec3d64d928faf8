import { canonicalJson } from '../core/canonical-json.js';
import { answered } from '../model/answer.js';
import { languageIdentifier } from '../text/language.js';
import { verbatimOverlap, type Overlap, type OverlapWith } from '../text/overlap.js';
import { wordCount } from '../text/tokens.js';
import { longestChance, longestQuotation, quotations } from './embedded-quotations.js';
import { evidenceReader } from './evidence/evidence.js';
import type { EvidenceReader, Variable } from './evidence/evidence.js';
import type { Lexicons } from './evidence/lexicons.js';
import type { History } from './history.js';
import { chooser } from './narrative/choose.js';
import { drawnLayer } from './narrative/drawn-layer.js';
import { evidenceLayer } from './narrative/evidence-layer.js';
import { sortedFacts, type Told } from './narrative/facts.js';
import { selfWords } from './narrative/temperament.js';
import { voiceOf, type GrammaticalPerson } from './narrative/voice.js';
import type { Disposition, Evidence } from './narrative-persona.js';
import type { PersonaWriter } from './ports.js';

export interface EmbeddedWriterOptions {
  /** Variables of the target with their categories; nothing else is ever written. */
  readonly variables: readonly Variable[];
  readonly lexicons: Lexicons;
  /** Reads the evidence. Default: a reader of its own, made from the lexicons when it is first needed. */
  readonly reader?: EvidenceReader;
  /** Whether the texts speak of the person ("She works ...") or the person speaks ("I work ..."). Default `third`. */
  readonly person?: GrammaticalPerson;
  /** Whether texts may quote posts. Default true. */
  readonly quotes?: boolean;
}

/** What is the same in all texts of a person. */
interface Person {
  readonly evidence: Evidence;
  readonly facts: Told;
  readonly said: string;
  readonly overlap: OverlapWith;
}

/**
 * Writes personas without a language model: evidence by patterns, text by a small realiser. The text has two layers, parted
 * by a blank line: what the posts say, the same for all draws of a person, with up to three short quotations; and what was
 * drawn, said to be drawn. Same input, same bytes. Traits never appear in it as numbers.
 */
export function embeddedWriter({
  variables,
  lexicons,
  reader,
  person = 'third',
  quotes = true,
}: EmbeddedWriterOptions): PersonaWriter {
  let loading = reader && Promise.resolve(reader);
  const readerOnceLoaded = (): Promise<EvidenceReader> =>
    (loading ??= languageIdentifier().then((languageOf) => evidenceReader({ variables, lexicons, languageOf })));
  const order = variables.map(({ name }) => name);
  const longest = quotes ? longestQuotation : longestChance;
  const isTooLong = ({ tokens, characters }: Overlap): boolean =>
    tokens > longest.tokens || characters > longest.characters;
  const stock = lexicons.dispositionWords;
  const people = new WeakMap<History, Person>();

  function prepared(history: History, evidence: Evidence): Person {
    const known = people.get(history);
    if (known?.evidence === evidence) return known;
    const facts = sortedFacts(evidence, (statement) => selfWords(statement, stock));
    const overlap = verbatimOverlap(history.posts.map(({ text }) => text));
    const voice = voiceOf(evidence.attributes['sex']?.value, person);
    const write = (quoted: readonly string[]): string =>
      evidenceLayer({ evidence, facts, quotations: quoted, voice, order }, chooser('evidence', history.person));
    // A word beside a quotation may happen to continue it in the post: then one quotation fewer.
    const most = quotes ? chooser('quotations', history.person).between(1, 3) : 0;
    let quoted = quotations(history, evidence.claims).slice(0, most);
    while (quoted.length > 0 && isTooLong(overlap(write(quoted)))) quoted = quoted.slice(0, -1);
    const made = { evidence, facts, said: write(quoted), overlap };
    people.set(history, made);
    return made;
  }

  function narrative(history: History, evidence: Evidence, disposition: Disposition): string {
    const { facts, said, overlap } = prepared(history, evidence);
    const open = order.filter((name) => name !== 'age' && evidence.attributes[name] === undefined);
    const drawn = open.flatMap((variable) => {
      const attribute = disposition.attributes[variable];
      return attribute === undefined ? [] : [{ variable, value: attribute.value }];
    });
    const sex = evidence.attributes['sex']?.value;
    const write = (attempt: number): string => {
      const key = canonicalJson([history.person, disposition.ageYears, disposition.traits, attempt]);
      const layer = {
        attributes: drawn,
        identity: {
          ageYears: evidence.ageYears === undefined ? disposition.ageYears : undefined,
          sex: sex === undefined ? disposition.attributes['sex']?.value : undefined,
        },
        traits: disposition.traits,
        facts,
        wordsBefore: wordCount(said),
        voice: voiceOf(sex ?? disposition.attributes['sex']?.value, person),
        stock,
      };
      return drawnLayer(layer, chooser('draw', key));
    };
    // Words of the draw that happen to stand in a post in the same order: another choice of words.
    let layer = write(0);
    for (let attempt = 1; attempt < 4 && isTooLong(overlap(layer)); attempt++) layer = write(attempt);
    return `${said}\n\n${layer}`;
  }

  return {
    name: 'embedded@2',
    prompts: [],
    readEvidence: async (history) => answered((await readerOnceLoaded()).read(history)),
    narrate: (history, evidence, disposition) => Promise.resolve(answered(narrative(history, evidence, disposition))),
  };
}
