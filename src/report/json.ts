import { canonicalJson } from '../core/canonical-json.js';
import type { PopulationReport } from './population-report.js';

/**
 * The report as JSON with sorted keys, two spaces of indentation and a final newline: every number unrounded, every text whole.
 *
 * @throws {Failure} `invalid-input` on a number that JSON does not have
 */
export const renderJson = (report: PopulationReport): string => `${canonicalJson(report, 2)}\n`;
