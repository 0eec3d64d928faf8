export function writeLargeSample(records: number, sample: string, margins: string): number;
