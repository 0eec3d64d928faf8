import type { UsPlaces } from './lexicons.js';

/** A place with its region. */
export interface Place {
  /** As it is printed: "Ohio", "Cleveland, Ohio". */
  readonly title: string;
  readonly region: string;
  readonly isState: boolean;
}

/**
 * Finds the first place of a text. With `skips`, other words may stand before it, up to the end of the clause; `end` is the
 * offset after it, `at` the number of words before it.
 */
export type FindPlace = (text: string, skips: boolean) => { place: Place; end: number; at?: number } | undefined;

/** Words that end the naming of a place. */
const stop =
  /^(?:and|but|with|because|when|so|to|from|who|while|than|where|i|we|he|she|they|is|are|was|were|that|which|if|or|not|my|his|her|their|for|since|years|about|until|till|before|after)$/i;
/** Looks up runs of up to three words. "City, State" counts as the state; a comma ends the search unless a state follows. */
export function placeFinder({ states, cities, areas, abbreviations }: UsPlaces): FindPlace {
  const byCode = new Map(states.map((state) => [state.code, state]));
  const short = new Map(abbreviations.map(({ name, state }) => [name.toLowerCase(), byCode.get(state)!]));
  const needsCapital = new Set(cities.filter(({ capital }) => capital).map(({ name }) => name.toLowerCase()));
  const known = new Map<string, Place>();
  for (const { name, state } of cities) {
    const { name: stateName, region } = byCode.get(state)!;
    known.set(name.toLowerCase(), {
      title: name.startsWith(stateName) ? name : `${name}, ${stateName}`,
      region,
      isState: false,
    });
  }
  for (const { name, region } of areas) known.set(name.toLowerCase(), { title: name, region, isState: true });
  for (const { name, region } of states)
    if (name !== 'Washington') known.set(name.toLowerCase(), { title: name, region, isState: true });
  known.set('washington state', { title: 'Washington State', region: 'West', isState: true });

  return (text, skips) => {
    const tokens = [...text.matchAll(/[A-Za-z][A-Za-z.'-]*|[,;:!?()]/g)];
    for (let k = 0; k < tokens.length; k++) {
      const token = tokens[k]![0];
      if (stop.test(token) || /^[;:!?)]$/.test(token)) return undefined;
      if (token === ',' || token === '(') {
        const state = placeAt(k + 1) ?? washingtonAt(k + 1);
        return state?.place.isState ? named(state, k - 1) : undefined;
      }
      const found = placeAt(k);
      if (found) return { ...(stateAfter(found) ?? named(found, k - 1)), at: k };
      if (!skips && k > 3) return undefined;
      // A full stop that is no abbreviation ends the sentence.
      if (/[a-z]{4,}\.$/.test(token)) return undefined;
    }
    return undefined;

    function placeAt(k: number): { place: Place; end: number; next: number } | undefined {
      for (let n = Math.min(3, tokens.length - k); n >= 1; n--) {
        const run = tokens.slice(k, k + n);
        const last = run.at(-1)!;
        const name = run
          .map(([word]) => word)
          .join(' ')
          .toLowerCase();
        for (const candidate of [name, name.replace(/[.'-]+$/, ''), name.replace(/'s$/, '')]) {
          const place = needsCapital.has(candidate) && !/^[A-Z]/.test(run[0]![0]) ? undefined : known.get(candidate);
          // "In the south end of town" is no area.
          if (
            place &&
            !/^(?:side|end|part|bay|shore|pole|wing|tower|suburbs|of|County|county|Parish)$/.test(
              tokens[k + n]?.[0] ?? '',
            )
          )
            return { place, end: last.index + candidate.length - name.length + last[0].length, next: k + n };
        }
        const letters = n === 1 ? run[0]![0].replace(/\.$/, '') : '';
        const code = /^[A-Z]{2}$/.test(letters) ? byCode.get(letters) : undefined;
        // "In LA" is the city; "Houma, LA" the state.
        if (letters === 'LA' && (k === 0 || /^(?:in|East|South|West|Downtown|near|outside)$/.test(tokens[k - 1]![0])))
          return { place: known.get('los angeles')!, end: last.index + 2, next: k + 1 };
        // In capitals throughout, IN and ME are words.
        const town = k > 0 && /^(?:,|[A-Z][a-z.]+)$/.test(tokens[k - 1]![0]);
        const shortened = town ? short.get(letters.toLowerCase()) : undefined;
        if (shortened && /^[A-Z]/.test(letters))
          return {
            place: { title: shortened.name, region: shortened.region, isState: true },
            end: last.index + letters.length,
            next: k + 1,
          };
        const isWritten = k === 0 ? !/^(?:IN|ME|OR|HI|OK)$/.test(letters) && /[a-z]{2}/.test(text) : town;
        if (code && (isWritten || text.trim() === letters))
          return { place: { title: code.name, region: code.region, isState: true }, end: last.index + 2, next: k + 1 };
      }
      return undefined;
    }

    /** After a town and a comma it is the state, unless it is the capital. */
    function washingtonAt(k: number): { place: Place; end: number } | undefined {
      const [token, after] = [tokens[k], tokens[k + 1]];
      return token?.[0].replace('.', '') === 'Washington' && !/^D\.?C/.test(after?.[0] ?? '')
        ? { place: known.get('washington state')!, end: token.index + 'Washington'.length }
        : undefined;
    }

    /** "duluth mn": after a town of that state its code may stand in small letters. */
    function codeAt(k: number, { title }: Place): { place: Place; end: number } | undefined {
      const token = tokens[k];
      const state = token && byCode.get(token[0].toUpperCase());
      return state && title.endsWith(state.name)
        ? { place: { title: state.name, region: state.region, isState: true }, end: token.index + 2 }
        : undefined;
    }

    function stateAfter({ place, next }: { place: Place; next: number }): { place: Place; end: number } | undefined {
      const after = tokens[next]?.[0] === ',' ? next + 1 : next;
      const state = place.isState ? undefined : (placeAt(after) ?? codeAt(after, place));
      return state?.place.isState
        ? { place: { ...state.place, title: `${place.title.split(',')[0]!}, ${state.place.title}` }, end: state.end }
        : undefined;
    }

    /** A state with the capitalized words before it: a town that the list does not hold. */
    function named({ place, end }: { place: Place; end: number }, before: number): { place: Place; end: number } {
      const town: string[] = [];
      for (let k = before; place.isState && k >= 0 && /^[A-Z][a-z]/.test(tokens[k]![0]); k--)
        town.unshift(tokens[k]![0]);
      return { place: town.length === 0 ? place : { ...place, title: `${town.join(' ')}, ${place.title}` }, end };
    }
  };
}
