import { editedOverlap, type EditedOverlap } from '../../text/edited-overlap.js';
import { verbatimOverlap } from '../../text/overlap.js';
import { personalData } from '../../text/personal-data.js';
import { wordCount } from '../../text/tokens.js';
import { statedAge } from '../evidence/age.js';
import { fieldContradictions, oppositeDomains } from './contradictions.js';
import { groundsOf, isGrounded } from './grounding.js';
import type { LanguageOf } from '../../text/language.js';
import type { Overlap, OverlapWith } from '../../text/overlap.js';
import type { EvidenceReader, Facts } from '../evidence/evidence.js';
import type { History } from '../history.js';
import type { NarrativePersona } from '../narrative-persona.js';
import { remembered } from '../remembered.js';
import type { BlindScorer } from './blind-scorer.js';
import type { DuplicateAuthor } from './duplicate-authors.js';
import type { Grounds } from './grounding.js';
import type { RuleName } from './rubric.js';

/** What the rules know of a person, worked out once for all draws. */
export interface Person extends Grounds {
  readonly history: History;
  readonly statedAge: number | undefined;
  readonly overlap: OverlapWith;
  readonly edited: (text: string) => EditedOverlap;
}

/** What the rules need from outside. */
export interface RuleTools {
  /** What a persona's text says of itself: see `personaTextReader`. */
  readonly factsOf: (text: string) => readonly Facts[];
  readonly blindScorer: BlindScorer;
  readonly languageOf: LanguageOf;
  readonly languages: readonly string[];
  /** Largest Jaccard similarity with a persona of another person that was kept before, and its id. */
  readonly nearest: (persona: NarrativePersona) => { readonly similarity: number; readonly id: string } | undefined;
  /** By person, the earlier one whose history is most like theirs. */
  readonly duplicates: ReadonlyMap<string, DuplicateAuthor>;
}

/** A score with what it rests on, for the rejection. */
export interface RuleScore {
  readonly score: number;
  readonly detail: string;
}

export interface Rule {
  /** Whether a persona passes at the threshold or above it, or at the threshold or below it. */
  readonly passes: 'at-least' | 'at-most';
  readonly score: (persona: NarrativePersona, person: Person, tools: RuleTools) => RuleScore;
}

/** Works out what the rules need of one person. */
export function personOf(history: History, reader: EvidenceReader): Person {
  const posts = history.posts.map(({ text }) => text);
  return {
    history,
    statedAge: statedAge(history)?.years,
    // Two rules each ask for the overlaps of the same text.
    overlap: remembered(verbatimOverlap(posts), { most: 1 }),
    edited: remembered(editedOverlap(posts), { most: 1 }),
    ...groundsOf(history, reader),
  };
}

/** One rule a criterion id: the score, in its unit, and on which side of the threshold it passes. */
export const rules: Readonly<Record<RuleName, Rule>> = {
  'minimum-age': {
    passes: 'at-least',
    score({ evidence, disposition }, person) {
      const ages = [disposition.ageYears, evidence.ageYears, person.statedAge].filter((age) => age !== undefined);
      return { score: Math.min(...ages), detail: 'youngest age among the drawn one, the evidence and the posts' };
    },
  },
  'history-words': {
    passes: 'at-least',
    score: ({ evidence }) => ({ score: evidence.words, detail: 'words in the history' }),
  },
  'persona-words': {
    passes: 'at-least',
    score: ({ text }) => ({ score: wordCount(text), detail: 'words in the persona text' }),
  },
  language: {
    passes: 'at-least',
    score({ text, evidence }, _, { languageOf, languages }) {
      const found = [languageOf(text), evidence.language];
      const declared = found.filter((language) => languages.includes(language));
      return { score: declared.length / found.length, detail: `language of persona and history: ${found.join(', ')}` };
    },
  },
  grounding: {
    passes: 'at-least',
    score({ evidence: { claims } }, { posts, known }) {
      const loose = claims.filter((claim) => !isGrounded(claim, posts, known));
      return {
        score: claims.length === 0 ? 1 : 1 - loose.length / claims.length,
        detail: loose.length === 0 ? 'every claim stands on its span' : `not on its span: ${loose[0]!.statement}`,
      };
    },
  },
  contradictions: {
    passes: 'at-most',
    score(persona, _, { factsOf }) {
      const found = fieldContradictions(factsOf(persona.text), persona);
      const [first] = found;
      return {
        score: found.length,
        detail: first
          ? `the text says ${first.variable} ${first.text}, the field ${first.declared}`
          : 'text and fields agree',
      };
    },
  },
  'trait-contradictions': {
    passes: 'at-most',
    score({ text, disposition: { traits } }, _, { blindScorer }) {
      const found = oppositeDomains(
        blindScorer(text),
        traits.map((z) => 50 + 10 * z),
      );
      return {
        score: found.length,
        detail: found.length === 0 ? 'text and traits agree' : `the text tells of the other end of ${found.join(', ')}`,
      };
    },
  },
  'personal-data': {
    passes: 'at-most',
    score({ text }) {
      const found = personalData(text);
      return { score: found.length, detail: found[0]?.kind ?? 'none' };
    },
  },
  'verbatim-words': verbatim('tokens'),
  'verbatim-characters': verbatim('characters'),
  'edited-words': {
    passes: 'at-most',
    score: ({ text }, { edited }) => ({
      score: edited(text).words,
      detail: 'words that agree in the longest stretch that follows a post, small changes forgiven',
    }),
  },
  'edited-share': {
    passes: 'at-most',
    score: ({ text }, { edited }) => ({
      score: edited(text).share,
      detail: 'share of the words in stretches that follow a post, small changes forgiven',
    }),
  },
  'near-duplicate': {
    passes: 'at-most',
    score(persona, _, { nearest }) {
      const found = nearest(persona);
      return { score: found?.similarity ?? 0, detail: found ? `like ${found.id}` : 'like no other person' };
    },
  },
  'duplicate-author': {
    passes: 'at-most',
    score(_, { history }, { duplicates }) {
      const found = duplicates.get(history.person);
      return {
        score: found?.similarity ?? 0,
        detail: found ? `history like that of ${found.person}` : 'history like no other',
      };
    },
  },
};

function verbatim(unit: keyof Overlap): Rule {
  return {
    passes: 'at-most',
    score: ({ text }, { overlap }) => ({ score: overlap(text)[unit], detail: `${unit} in the longest verbatim run` }),
  };
}
