import type { Finding } from '../core/findings.js';
import type { Attrition } from '../population/attrition.js';
import type { Diagnostics, Interval } from '../population/diagnostics.js';

/** Histogram of one domain on the score levels of the instrument: shares that sum to one. */
export interface TraitDensity {
  readonly domain: string;
  /** Score levels, lowest first, e.g. 1.0, 1.1, ... 5.0. */
  readonly levels: readonly number[];
  readonly target: readonly number[];
  /** Kept personas with equal weights. */
  readonly before: readonly number[];
  /** Agents. */
  readonly after: readonly number[];
}

/** One margin of the target with where it comes from. */
export interface MarginSource {
  readonly variable: string;
  readonly title: string;
  readonly period: string;
  readonly universe: string;
  readonly derived: boolean;
  readonly flags: readonly string[];
}

/** The posts behind the personas, and what may be done with them. */
export interface PostsSource {
  readonly title: string;
  readonly licence: string;
  /** What may be inferred of the authors; null for everything. */
  readonly inferences: readonly string[] | null;
  readonly retainUntil: string | null;
  readonly publication: 'quotations' | 'no';
}

/** What a figure says about the texts, judged by whether it moves when every persona carries the text of somebody else. */
export type ShuffleEvidence =
  'evidence about the texts' | 'evidence against the texts' | 'not evidence about the texts' | 'nothing to compare';

/** One figure with the persons' own texts and with texts of other people. */
export interface ShuffleRow {
  readonly name: string;
  readonly title: string;
  /** Figures about texts come from the shuffled texts, figures about numbers from the run repeated with them. */
  readonly about: 'texts' | 'numbers';
  readonly unit: 'share' | 'correlation' | 'distance' | 'points' | 'people';
  readonly own: number | null;
  readonly shuffled: number | null;
  readonly ownInterval: Interval | null;
  readonly shuffledInterval: Interval | null;
  readonly changed: boolean;
  readonly evidence: ShuffleEvidence;
}

/** The one result object: HTML, Markdown and JSON are written from it and from nothing else. No clock time in it. */
export interface PopulationReport {
  readonly schema: 'report/1';
  readonly title: string;
  /** `aligned`: every gate on numbers and texts passed; `unmet`: completed with --allow-unmet. */
  readonly status: 'aligned' | 'unmet';
  readonly target: { readonly name: string; readonly title: string; readonly universe: string };
  readonly diagnostics: Diagnostics;
  /** Who was lost on the way; absent where it is not known. */
  readonly attrition?: Attrition;
  /** Figures with own and with shuffled texts; empty where texts were not shuffled. */
  readonly shuffleControl: readonly ShuffleRow[];
  /** Empty when the target has no trait norms. */
  readonly densities: readonly TraitDensity[];
  readonly weights: {
    /** Relative calibration weights (mean 1) of the kept personas, sorted upwards, at most 200 quantiles. */
    readonly calibrationQuantiles: readonly number[];
    /** How many personas are taken 0, 1, 2, ... times. */
    readonly multiplicities: readonly number[];
    /** Kish's, of the calibration weights. */
    readonly calibrationDesignEffect: number;
    /** Effective personas gained if one variable or domain were not asked for, dearest first; empty where not all is met. */
    readonly costs: readonly { readonly subject: string; readonly gained: number }[];
  };
  /** Agents by person, largest first: how many agents each real author became. */
  readonly agentsByPerson: readonly number[];
  readonly sources: readonly MarginSource[];
  /** Absent where personas were not written from posts. */
  readonly posts?: PostsSource;
  readonly traitSource: {
    readonly title: string;
    readonly period: string;
    readonly universe: string;
    readonly flags: readonly string[];
  } | null;
  /** What the result does not contain or does not mean: one sentence each. */
  readonly exclusions: readonly string[];
  readonly findings: readonly (Finding & { readonly stage: string })[];
  readonly provenance: {
    readonly version: string;
    readonly seed: string;
    readonly writer: string;
    readonly respondent: string;
    readonly inputs: readonly { readonly name: string; readonly sha256: string }[];
  };
  /** A few finished agents to read. */
  readonly examples: readonly {
    readonly id: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly text: string;
  }[];
}
