import type { RandomStream } from '../core/random.js';
import type { Answer } from '../model/answer.js';
import type { Inventory } from '../psychometrics/inventory.js';
import type { History } from './history.js';
import type { Disposition, Evidence, NarrativePersona } from './narrative-persona.js';

/** Writes personas from histories: first what the posts say, then one text for each draw. */
export interface PersonaWriter {
  /** `embedded@1` or `model:<name>`; goes into the lineage. */
  readonly name: string;
  /** Prompts used, as `name@version`; empty without a language model. */
  readonly prompts: readonly string[];
  readEvidence(history: History, signal: AbortSignal): Promise<Answer<Evidence>>;
  /** What was left out so far, by name; absent where nothing ever is. */
  counts?(): Readonly<Record<string, number>>;
  /** The narrative text of one draw. */
  narrate(history: History, evidence: Evidence, disposition: Disposition, signal: AbortSignal): Promise<Answer<string>>;
}

/** Answers the items of an inventory as the persona would. */
export interface Respondent {
  readonly name: string;
  /** Responses in the order of the inventory's items, in its response range; 0 marks a missing answer. */
  answer(
    persona: NarrativePersona,
    inventory: Inventory,
    random: RandomStream,
    signal: AbortSignal,
  ): Promise<Answer<Uint8Array>>;
}

/** Scores a persona on the criteria of a rubric, 1 (worst) to 5 (best). */
export interface Judge {
  readonly name: string;
  /** Scores by criterion id; the history holds the posts that the persona must be grounded in. */
  judge(persona: NarrativePersona, history: History, signal: AbortSignal): Promise<Answer<Record<string, number>>>;
}

/** One field of a persona that a revision changes, with both values. */
export interface Change {
  readonly variable: string;
  readonly from: string;
  readonly to: string;
}

/** Rewrites the text of a persona where it conflicts with changed fields, and nothing else. */
export interface Reviser {
  readonly name: string;
  revise(persona: NarrativePersona, changes: readonly Change[], signal: AbortSignal): Promise<Answer<string>>;
}
