import type { State } from './state.ts'
import { writeArm, writeBicep } from './write-arm.ts'
import { writeKubernetes } from './write-kubernetes.ts'
import { writeTerraform } from './write-terraform.ts'

export type Language = 'terraform' | 'bicep' | 'arm'

/** The files of a small repository that holds the state. */
export function writeState(state: State, language: Language): Readonly<Record<string, string>> {
  const manifests = { 'k8s/app.yaml': writeKubernetes(state) }
  switch (language) {
    case 'terraform':
      return { ...manifests, 'infra/main.tf': writeTerraform(state) }
    case 'bicep':
      return { ...manifests, 'infra/main.bicep': writeBicep(state) }
    case 'arm':
      return { ...manifests, 'infra/azuredeploy.json': writeArm(state) }
  }
}

/** Half of the states are Terraform, the rest Bicep and ARM templates. */
export function languageOf(seed: number): Language {
  return (['terraform', 'bicep', 'terraform', 'arm'] as const)[seed % 4]!
}
