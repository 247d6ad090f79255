/** `dev-westeurope`, `test-westeurope` …: the same number gives the same name. */
export function environmentName(e: number): string {
  return `${STAGES[e % STAGES.length]}-${regionOf(e)}`
}

export function regionOf(e: number): string {
  return REGIONS[Math.floor(e / STAGES.length) % REGIONS.length]!
}

const STAGES = ['dev', 'test', 'staging', 'prod']
const REGIONS =
  'westeurope northeurope swedencentral francecentral uksouth eastus westus3 japaneast australiaeast brazilsouth'.split(
    ' ',
  )
