import type { ChatModel, ChatReply } from './chat-model.js';

/** Takes out of a text what must not be kept. */
export type Clean = (text: string) => string;

/**
 * A model whose replies are cleaned before anybody sees them, a ledger included. Letters that are written as escapes of JSON are
 * letters first, so that nothing hides in them.
 */
export function cleaned(model: ChatModel, clean: Clean): ChatModel {
  return {
    name: model.name,
    async complete(request, signal) {
      return cleanReply(await model.complete(request, signal), clean);
    },
  };
}

/** A reply with all its texts cleaned; `cleaned` says so where its answer changed. */
export function cleanReply(reply: ChatReply, clean: Clean): ChatReply {
  const { servedBy } = reply;
  const named = servedBy === undefined ? {} : { servedBy: clean(servedBy) };
  if (reply.kind === 'truncated') return { ...reply, ...named };
  if (reply.kind !== 'text') return { ...reply, ...named, reason: clean(reply.reason) };
  const plain = unescaped(reply.text);
  const text = clean(plain);
  // An answer with nothing in it stays to the byte what the server sent.
  return text === plain ? { ...reply, ...named } : { ...reply, ...named, text, cleaned: true };
}

/** Visible ASCII written as `\u0040`, but for what must stay escaped inside JSON. */
const unescaped = (text: string): string =>
  text.replace(/(?<!\\)((?:\\\\)*)\\u00([2-7][0-9a-f])/gi, (escape, before: string, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return '"\\\u007f'.includes(character) ? escape : before + character;
  });
