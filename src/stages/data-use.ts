import type { Finding } from '../core/findings.js';
import { allowedEvidence, forbiddenTopics, type DataUse, unstatedUse } from '../persona/data-use.js';
import { layersOf } from '../persona/narrative/marks.js';
import type { Evidence, NarrativePersona } from '../persona/narrative-persona.js';
import type { TopicsIn } from '../persona/sensitive-topics.js';

export { DataUse, unstatedUse } from '../persona/data-use.js';
export { DeletedAuthors } from '../io/deleted-authors.js';

/** Whether anybody said what a source may be used for. */
const isStated = ({ licence }: DataUse): boolean => licence !== unstatedUse.licence;

/** What a reader of the report has to know about the use of the posts. */
export function useFindings(use: DataUse, replaced: Readonly<Record<string, number>>): Finding[] {
  const withheld = Object.entries(replaced).filter(([kind]) => kind.startsWith('not allowed: '));
  return [
    isStated(use)
      ? {
          level: 'info',
          code: 'data-use',
          message: `the posts (${use.title}; licence: ${use.licence}) may be used for ${use.inferences === 'all' ? 'every inference' : `inferences of ${use.inferences.join(', ') || 'nothing'}`}, ${use.retainUntil === null ? 'without an end' : `until ${use.retainUntil}`}${use.publication === 'no' ? ', and not be quoted' : ''}`,
          values: { ...use },
        }
      : {
          level: 'caution',
          code: 'data-use-not-stated',
          message:
            'nobody has said what the posts may be used for: taken as every inference, no end, short quotations; write a data-use.json beside them',
        },
    ...(withheld.length === 0
      ? []
      : [
          {
            level: 'caution' as const,
            code: 'data-use-withheld',
            message: `sentences were taken out before anything read them, because nothing may be inferred from them: ${withheld.map(([kind, count]) => `${kind.slice('not allowed: '.length)} ${count}`).join(', ')}`,
            values: Object.fromEntries(withheld),
          },
        ]),
  ];
}

/** Takes out of evidence what may not be inferred, and keeps count of it. */
export function evidenceGate(use: DataUse | undefined, topicsIn: TopicsIn | undefined) {
  const dropped: Record<string, number> = {};
  return {
    allowed: (evidence: Evidence): Evidence =>
      use === undefined || topicsIn === undefined
        ? evidence
        : allowedEvidence(
            evidence,
            use,
            topicsIn,
            (inference) => void (dropped[inference] = (dropped[inference] ?? 0) + 1),
          ),
    /** What was dropped, where anything was. */
    findings: (): Finding[] =>
      Object.keys(dropped).length === 0
        ? []
        : [
            {
              level: 'caution',
              code: 'data-use-not-inferred',
              message: `read in the posts and not kept, because it may not be inferred: ${Object.entries(dropped)
                .map(([inference, count]) => `${inference} ${count}`)
                .join(', ')}`,
              values: dropped,
            },
          ],
  };
}

/** The topics that the text of a persona tells and its source forbids; what was drawn is no inference. */
export const forbiddenIn = (
  { text }: Pick<NarrativePersona, 'text'>,
  use: DataUse | undefined,
  topicsIn: TopicsIn | undefined,
): readonly string[] =>
  use === undefined || topicsIn === undefined ? [] : forbiddenTopics(use, topicsIn, layersOf(text).said);
