/** How many there are of each part of a generated Terraform repository. */
export interface TerraformSize {
  /** Of each kind of module that only declares resources. */
  readonly variants: number
  /** Modules that call one module of each kind. */
  readonly zones: number
  /** Root modules with a variable file for each environment. */
  readonly platforms: number
  readonly environments: number
  /** Root modules in the folder of each environment. */
  readonly stacks: number
}

/** 2,000 files of 4 MB in 40 environments. */
export const LARGE_TERRAFORM: TerraformSize = { variants: 9, zones: 9, platforms: 9, environments: 40, stacks: 5 }
/** 354 files of 0.4 MB. */
export const SMALL_TERRAFORM: TerraformSize = { variants: 6, zones: 6, platforms: 6, environments: 4, stacks: 1 }
