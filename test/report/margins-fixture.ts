import type { MarginDiagnostics } from '../../src/population/diagnostics.js';

/** Shares asked, before and after, with the errors of integer agents; imputed share of the variable. */
const variables: readonly {
  readonly name: string;
  readonly controlled: boolean;
  readonly imputed: number;
  readonly categories: readonly (readonly [string, number, number, number])[];
}[] = [
  {
    name: 'sex',
    controlled: true,
    imputed: 0.02,
    categories: [
      ['female', 0.517083, 0.412, 0.517],
      ['male', 0.482917, 0.588, 0.483],
    ],
  },
  {
    name: 'age',
    controlled: true,
    imputed: 0.05,
    categories: [
      ['18-24', 0.1201, 0.402, 0.12],
      ['25-34', 0.1744, 0.331, 0.175],
      ['35-44', 0.1675, 0.162, 0.1675],
      ['45-54', 0.155, 0.073, 0.155],
      ['55-64', 0.1614, 0.021, 0.1615],
      ['65-74', 0.1295, 0.009, 0.129],
      ['75+', 0.0921, 0.002, 0.092],
    ],
  },
  {
    name: 'race',
    controlled: true,
    imputed: 0.71,
    categories: [
      ['White', 0.7363, 0.768, 0.7365],
      ['Black', 0.1249, 0.101, 0.125],
      ['AAPI', 0.0598, 0.082, 0.0598],
      ['Other race', 0.079, 0.049, 0.0787],
    ],
  },
  {
    name: 'education',
    controlled: true,
    imputed: 0.34,
    categories: [
      ['No high school diploma', 0.1175, 0.034, 0.1175],
      ['High school diploma', 0.2716, 0.192, 0.2715],
      ['Some college', 0.2275, 0.281, 0.2275],
      ["Associate's degree", 0.0832, 0.071, 0.083],
      ["Bachelor's degree", 0.1911, 0.291, 0.191],
      ['Graduate degree', 0.1091, 0.131, 0.1095],
    ],
  },
  {
    name: 'household_income',
    controlled: true,
    imputed: 0.93,
    categories: [
      ['$19,999 or less', 0.1208, 0.118, 0.121],
      ['$20,000-$34,999', 0.1237, 0.121, 0.1235],
      ['$35,000-$49,999', 0.1188, 0.12, 0.119],
      ['$50,000-$64,999', 0.1102, 0.108, 0.11],
      ['$65,000-$79,999', 0.0965, 0.098, 0.0965],
      ['$80,000-$99,999', 0.1054, 0.107, 0.1055],
      ['$100,000-$124,999', 0.0992, 0.102, 0.099],
      ['$125,000-$199,999', 0.1421, 0.141, 0.142],
      ['$200,000 and above', 0.0833, 0.085, 0.0835],
    ],
  },
  {
    name: 'region',
    controlled: true,
    imputed: 0.22,
    categories: [
      ['Northeast', 0.1752, 0.214, 0.175],
      ['Midwest', 0.2089, 0.188, 0.209],
      ['South', 0.3789, 0.312, 0.379],
      ['West', 0.237, 0.286, 0.237],
    ],
  },
  {
    name: 'marital_status',
    controlled: false,
    imputed: 0.58,
    categories: [
      ['married', 0.5186, 0.402, 0.487],
      ['widowed', 0.0592, 0.011, 0.041],
      ['divorced', 0.1045, 0.082, 0.101],
      ['separated', 0.0231, 0.02, 0.022],
      ['never married', 0.2946, 0.485, 0.349],
    ],
  },
];

/** Half an interval for a share, as if it came from some 500 people. */
const half = (share: number): number => 1.96 * Math.sqrt((share * (1 - share)) / 500);

/** Seven variables, six of them asked for, three set by assumption; invented numbers. */
export const margins: readonly MarginDiagnostics[] = variables.flatMap(({ name, controlled, imputed, categories }) =>
  categories.map(([category, target, before, after]) => ({
    variable: name,
    category,
    target,
    before,
    after,
    controlled,
    support: Math.round(before * 2871),
    interval: { lower: Math.max(0, after - 0.9 * half(after)), upper: Math.min(1, after + 1.1 * half(after)) },
    statedShare: Number(((1 - imputed) * 0.7).toFixed(4)),
    inferredShare: Number(((1 - imputed) * 0.3).toFixed(4)),
    imputedShare: imputed,
  })),
);
