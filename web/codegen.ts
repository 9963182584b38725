import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'

/**
 * Types and documents from the schema that the server serves; a change there that breaks a screen breaks the
 * build. What the office asks stands apart, so that no citizen's phone loads it. The `persisted-documents.json`
 * of both are the manifest of all that the page ever asks.
 */
const output = (documents: string[]): CodegenConfig['generates'][string] => ({
  documents,
  preset: 'client',
  presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
  config: {
    enumsAsTypes: true,
    useTypeImports: true,
    strictScalars: true,
    scalars: {
      Date: 'string',
      DateTime: 'string',
      LogPosition: 'number',
      CommandId: 'string',
      JSON: 'unknown',
    },
  },
  documentTransforms: [addTypenameSelectionDocumentTransform],
})

const config: CodegenConfig = {
  schema: '../schema.graphql',
  generates: {
    'src/generated/': output(['src/**/*.graphql', '!src/**/staff/*.graphql']),
    'src/generated/staff/': output(['src/**/fragments.graphql', 'src/**/staff/*.graphql']),
  },
}

export default config
