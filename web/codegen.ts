import type { CodegenConfig } from '@graphql-codegen/cli'
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset'

/**
 * Types and documents from the schema that the server serves; a change there that breaks a screen breaks the
 * build. `persisted-documents.json` is the manifest of all that the page ever asks.
 */
const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: 'src/**/*.graphql',
  ignoreNoDocuments: true,
  generates: {
    'src/generated/': {
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
    },
  },
}

export default config
