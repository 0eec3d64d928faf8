// The 30 facets of the IPIP-NEO in the order of the inventory's own facet numbers 1-6.
// Titles as in the npm package @alheimsins/b5-result-text 5.0.5 (MIT).
const TITLES = {
  extraversion: ['Friendliness', 'Gregariousness', 'Assertiveness', 'Activity Level', 'Excitement-Seeking', 'Cheerfulness'],
  agreeableness: ['Trust', 'Morality', 'Altruism', 'Cooperation', 'Modesty', 'Sympathy'],
  conscientiousness: ['Self-Efficacy', 'Orderliness', 'Dutifulness', 'Achievement-Striving', 'Self-Discipline', 'Cautiousness'],
  neuroticism: ['Anxiety', 'Anger', 'Depression', 'Self-Consciousness', 'Immoderation', 'Vulnerability'],
  openness: ['Imagination', 'Artistic Interests', 'Emotionality', 'Adventurousness', 'Intellect', 'Liberalism'],
};

export const FACETS = Object.entries(TITLES).flatMap(([domain, titles]) =>
  titles.map((title) => ({ id: `${domain}/${title.toLowerCase().replaceAll(' ', '-')}`, domain, title })),
);
