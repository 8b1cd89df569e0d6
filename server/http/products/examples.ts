/** What the document shows of a new product: the fields that must be given, and a few that often are. */
export const PRODUCT_EXAMPLE = {
  name: 'School loan',
  shortName: 'SCHOOL',
  principal: 300_000,
  minPrincipal: 50_000,
  maxPrincipal: 1_000_000,
  numberOfRepayments: 6,
  minNumberOfRepayments: 3,
  maxNumberOfRepayments: 12,
  repaymentEvery: 1,
  repaymentFrequencyType: 'Months',
  interestRatePerPeriod: 1.5,
  interestRateFrequencyType: 'Per month',
  daysInYearType: '360 days',
  daysInMonthType: '30 days',
  delinquencyBucket: 'STANDARD',
  overridableTerms: ['numberOfRepayments'],
};
