import { fold, words } from '../text/tokens.js';

/** What may be forbidden to infer and is known by its words. */
export const sensitiveTopics = ['health', 'religion', 'politics', 'sexuality', 'origin', 'crime', 'debt'] as const;
export type SensitiveTopic = (typeof sensitiveTopics)[number];

/** Words and phrases of each topic, apart from names of illnesses. A plural is found by its singular. */
const phrases: Readonly<Record<SensitiveTopic, string>> = {
  health:
    'health healthy illness sick sickness disease diagnosis diagnosed doctor hospital clinic surgery surgeon medication medicine meds pill prescription therapy therapist psychiatrist psychologist counseling rehab sober sobriety relapse addict addiction alcoholic chronic pain disabled disability wheelchair pregnant pregnancy miscarriage ivf abortion infertility menopause vaccine covid symptom suicidal suicide self-harm overdose panic attack mental blood pressure chemo oncologist neurologist cardiologist',
  religion:
    'religion religious faith church chapel mosque synagogue temple parish congregation pastor priest rabbi imam deacon minister bible quran koran torah scripture gospel god jesus christ allah lord prayer pray praying prayed worship sermon christian christianity catholic protestant baptist methodist lutheran evangelical pentecostal presbyterian episcopalian mormon lds amish muslim islam islamic jewish judaism jew hindu hinduism buddhist buddhism sikh atheist atheism agnostic pagan wiccan ramadan eid lent easter sunday|mass communion baptized baptism bar|mitzvah bat|mitzvah shabbat kosher halal hijab rosary salvation bible|study youth|group born|again',
  politics:
    'politics political politician democrat democratic|party republican gop libertarian socialist socialism communist communism marxist anarchist conservative liberal progressive left-wing right-wing leftist maga trump biden obama clinton sanders harris vote voter voted voting election ballot congress senator congressman congresswoman governor campaign caucus primary protest protester rally activist activism union|rep union|member labor|union trade|union shop|steward gun|control second|amendment pro-life pro-choice roe abortion|rights immigration|policy border|wall tea|party green|party feminist feminism blm antifa nra',
  sexuality:
    'gay lesbian bisexual homosexual heterosexual queer lgbt lgbtq lgbtqia transgender trans nonbinary non-binary genderqueer asexual pansexual came|out coming|out pride|parade same-sex sex|life sexual sexuality sexually hookup one-night|stand kink kinky polyamorous polyamory porn',
  origin:
    "racial racism ethnic ethnicity african-american african|american black|man black|woman black|guy black|girl black|people black|american i|am|black i'm|black white|man white|woman white|guy white|girl white|people white|american i|am|white i'm|white hispanic latino latina latinx chicano chicana mexican mexican-american puerto|rican cuban dominican salvadoran guatemalan colombian asian asian-american chinese japanese korean vietnamese filipino filipina indian|american pakistani bangladeshi arab arabic|family persian iranian native|american indigenous cherokee navajo tribe tribal biracial mixed|race multiracial immigrant immigrated immigrant|parents first-generation refugee nigerian ethiopian somali haitian jamaican irish-american italian-american polish-american",
  crime:
    'crime criminal arrested arrest jail prison inmate felony felon misdemeanor convicted probation parole dui dwi warrant indicted charged|with sentenced court|date public|defender restraining|order expunged rap|sheet shoplifting burglary assault|charge stolen|car',
  debt: 'debt bankrupt bankruptcy foreclosure foreclosed evicted eviction repossessed collections|agency debt|collector payday|loan garnished overdrawn food|stamps ebt welfare unemployment|check maxed|out credit|score broke|again pawn|shop pawned',
};

/** Says which sensitive topics a text touches, whoever it speaks of: what is not to be inferred is better found too often. */
export type TopicsIn = (text: string) => ReadonlySet<SensitiveTopic>;

/**
 * Makes a finder of sensitive topics. It knows words, not meanings: "we keep the sabbath" is found where the word is listed, and a
 * hint without such a word is not. Time linear in the length of the text.
 *
 * @param illnesses names of conditions and remedies, which are words of health
 */
export function topicFinder(illnesses: readonly string[]): TopicsIn {
  const starts = new Map<string, { readonly rest: readonly string[]; readonly topic: SensitiveTopic }[]>();
  const add = (phrase: readonly string[], topic: SensitiveTopic): void => {
    const [first, ...rest] = phrase;
    if (first !== undefined) starts.set(first, [...(starts.get(first) ?? []), { rest, topic }]);
  };
  for (const topic of sensitiveTopics)
    for (const phrase of phrases[topic].split(' ')) add(wordsOf(phrase.replaceAll('|', ' ')), topic);
  for (const illness of illnesses) add(wordsOf(illness), 'health');
  return (text) => {
    const found = new Set<SensitiveTopic>();
    const said = wordsOf(text);
    said.forEach((word, at) => {
      for (const start of formsOf(word))
        for (const { rest, topic } of starts.get(start) ?? [])
          if (rest.every((next, k) => formsOf(said[at + 1 + k] ?? '').includes(next))) found.add(topic);
    });
    return found;
  };
}

const wordsOf = (text: string): string[] =>
  words(text.normalize('NFKC').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')).map(({ text: word }) =>
    fold(word),
  );

/** A word, and what it may be the plural or the genitive of. */
const formsOf = (word: string): readonly string[] =>
  word.endsWith('s') ? [word, word.replace(/'?s$/, ''), word.replace(/e?s$/, '')] : [word];
