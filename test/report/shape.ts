import type { PopulationReport } from '../../src/report/population-report.js';

interface Element {
  readonly tagName: string;
  readonly attributes: Iterable<{ readonly name: string }>;
}

/**
 * The elements of a document with the names of their attributes, as one line each. Labels in a plot break into as many lines (`tspan`) as
 * their length takes, and stand higher then. Runs in browsers too.
 */
export function shapeOf(document: { querySelectorAll(selector: string): Iterable<Element> }): string[] {
  const shape: string[] = [];
  for (const element of document.querySelectorAll('*')) {
    const names = Array.from(element.attributes, ({ name }) => name).sort();
    const tag = element.tagName.toLowerCase();
    const isLine = tag === 'tspan' && names.every((name) => ['x', 'y', 'dy'].includes(name));
    const places = tag === 'text' ? names.filter((name) => name !== 'y') : names;
    if (!isLine) shape.push(`${tag} ${places.join(' ')}`);
  }
  return shape;
}

/** Every text of a report replaced by the next of others, numbers and shape untouched. */
export function withTexts(report: PopulationReport, next: () => string): PopulationReport {
  const d = report.diagnostics;
  const example = () => ({ id: next(), attributes: { [next()]: next() }, text: next() });
  return {
    ...report,
    title: next(),
    shuffleControl: report.shuffleControl.map((row) => ({ ...row, name: next(), title: next() })),
    target: { name: next(), title: next(), universe: next() },
    densities: report.densities.map((density) => ({ ...density, domain: next() })),
    sources: report.sources.map((source) => ({
      ...source,
      ...{ variable: next(), title: next(), period: next(), universe: next() },
      flags: source.flags.map(() => next()),
    })),
    posts: { title: next(), licence: next(), inferences: [next()], retainUntil: next(), publication: 'quotations' },
    traitSource: { title: next(), period: next(), universe: next(), flags: [next()] },
    exclusions: report.exclusions.map(() => next()),
    findings: report.findings.map(({ level }) => ({ level, code: next(), message: next(), stage: next() })),
    provenance: {
      ...{ version: next(), seed: next(), writer: next(), respondent: next() },
      inputs: report.provenance.inputs.map(() => ({ name: next(), sha256: next() })),
    },
    examples: [example(), example()],
    diagnostics: {
      ...d,
      instrument: next(),
      rejected: { [next()]: 429 },
      margins: d.margins.map((margin) => ({ ...margin, variable: next(), category: next() })),
      traitCells: d.traitCells.map((cell) => ({ ...cell, cell: next(), domain: next() })),
      traitMeans: d.traitMeans.map((mean) => ({ ...mean, domain: next() })),
      folds: { [next()]: 5 },
      unsupported: [next()],
      unmet: [next()],
      unmetTexts: [next()],
    },
  };
}
