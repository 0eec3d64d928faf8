/**
 * Sentences that are meant for a language model that reads the post, not for people: calls to ignore what was said before,
 * and turns of a conversation with a model written out.
 */
const patterns: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\s{1,3}(?:(?:all|any|of|the|your|these|those|everything|every)\s{1,3}){0,4}(?:above|previous|prior|preceding|earlier)\b/i,
  /\b(?:ignore|disregard|forget|override)\s{1,3}(?:(?:all|any|of|the|your|these|those)\s{1,3}){0,4}(?:system\s{1,3})?(?:instructions|prompts?)\b/i,
  /\b(?:system|developer)\s{1,3}(?:prompt|message|instructions?)\b/i,
  /^[ \t]{0,8}(?:system|assistant|developer)[ \t]{0,3}:/im,
  /<\/?(?:system|assistant|instructions?|persona|posts|evidence)>|<\|im_(?:start|end)\|>|\[\/?INST\]/i,
];

/**
 * Whether a text gives orders to a language model. Such a post is worth less as evidence than it may cost: it is not shown to
 * models at all. The fences and checks of what comes back hold for everything that these patterns do not know.
 */
export const givesOrders = (text: string): boolean => patterns.some((pattern) => pattern.test(text));
