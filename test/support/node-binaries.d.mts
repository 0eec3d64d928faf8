/** The versions whose results must be the same: the last ones of each line that is supported. */
export const nodeVersions: readonly string[];
/** Path of the binary of a version, installed when it is missing. Throws where it cannot be had. */
export function nodeBinary(version: string): string;
