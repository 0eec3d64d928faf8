import type { Finding } from '../core/findings.js';
import type { Diagnostics } from '../population/diagnostics.js';

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

/** The one result object: HTML, Markdown and JSON are written from it and from nothing else. No clock time in it. */
export interface PopulationReport {
  readonly schema: 'report/1';
  readonly title: string;
  /** `aligned`: every gate passed; `unmet`: completed with --allow-unmet. */
  readonly status: 'aligned' | 'unmet';
  readonly target: { readonly name: string; readonly title: string; readonly universe: string };
  readonly diagnostics: Diagnostics;
  /** Empty when the target has no trait norms. */
  readonly densities: readonly TraitDensity[];
  readonly weights: {
    /** Relative calibration weights (mean 1) of the kept personas, sorted upwards, at most 200 quantiles. */
    readonly calibrationQuantiles: readonly number[];
    /** How many personas are taken 0, 1, 2, ... times. */
    readonly multiplicities: readonly number[];
  };
  /** Agents by person, largest first: how many agents each real author became. */
  readonly agentsByPerson: readonly number[];
  readonly sources: readonly MarginSource[];
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
