using NJsonSchema;

namespace Pipeline.Cli.Tests;

/// <summary>What the specification of OpenLineage (2-0-2, and the facets in the versions named) requires, in words of our own: required fields, types, formats and where each facet may stand.</summary>
internal static class OpenLineageSchema
{
    private const string Text = """
        {
          "type": "object",
          "required": ["eventType", "eventTime", "producer", "schemaURL", "run", "job"],
          "properties": {
            "eventType": { "enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"] },
            "eventTime": { "type": "string", "format": "date-time" },
            "producer": { "type": "string", "format": "uri" },
            "schemaURL": { "enum": ["https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"] },
            "run": {
              "type": "object", "required": ["runId"],
              "properties": {
                "runId": { "$ref": "#/definitions/id" },
                "facets": {
                  "type": "object", "additionalProperties": { "$ref": "#/definitions/facet" },
                  "properties": {
                    "parent": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "required": ["run", "job"], "properties": { "run": { "type": "object", "required": ["runId"], "properties": { "runId": { "$ref": "#/definitions/id" } } }, "job": { "$ref": "#/definitions/named" } } }] },
                    "errorMessage": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "required": ["message", "programmingLanguage"], "properties": { "message": { "type": "string" }, "programmingLanguage": { "type": "string" } } }] },
                    "processing_engine": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "required": ["version"], "properties": { "version": { "type": "string" }, "name": { "type": "string" } } }] }
                  }
                }
              }
            },
            "job": {
              "allOf": [{ "$ref": "#/definitions/named" }, {
                "type": "object",
                "properties": {
                  "facets": {
                    "type": "object", "additionalProperties": { "$ref": "#/definitions/facet" },
                    "properties": {
                      "jobType": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "required": ["processingType", "integration"], "properties": { "processingType": { "type": "string" }, "integration": { "type": "string" }, "jobType": { "type": "string" } } }] },
                      "sourceCodeLocation": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "required": ["type", "url"], "properties": { "type": { "type": "string" }, "url": { "type": "string", "format": "uri" }, "repoUrl": { "type": "string" }, "path": { "type": "string" }, "version": { "type": "string" } } }] }
                    }
                  }
                }
              }]
            },
            "inputs": { "type": "array", "items": { "allOf": [{ "$ref": "#/definitions/dataset" }, { "type": "object", "properties": { "inputFacets": { "type": "object", "additionalProperties": { "$ref": "#/definitions/statistics" } } } }] } },
            "outputs": { "type": "array", "items": { "allOf": [{ "$ref": "#/definitions/dataset" }, { "type": "object", "properties": { "outputFacets": { "type": "object", "additionalProperties": { "$ref": "#/definitions/statistics" } } } }] } }
          },
          "definitions": {
            "id": { "type": "string", "format": "uuid" },
            "named": { "type": "object", "required": ["namespace", "name"], "properties": { "namespace": { "type": "string", "minLength": 1 }, "name": { "type": "string", "minLength": 1 } } },
            "facet": { "type": "object", "required": ["_producer", "_schemaURL"], "properties": { "_producer": { "type": "string", "format": "uri" }, "_schemaURL": { "type": "string", "format": "uri", "pattern": "^https://openlineage\\.io/spec/.+#/\\$defs/[A-Za-z]+$" } } },
            "statistics": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "properties": { "rowCount": { "type": "integer" }, "size": { "type": "integer" }, "fileCount": { "type": "integer" } } }] },
            "dataset": {
              "allOf": [{ "$ref": "#/definitions/named" }, {
                "type": "object",
                "properties": {
                  "facets": {
                    "type": "object", "additionalProperties": { "$ref": "#/definitions/facet" },
                    "properties": {
                      "version": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "required": ["datasetVersion"], "properties": { "datasetVersion": { "type": "string" } } }] },
                      "schema": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "properties": { "fields": { "type": "array", "items": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" }, "type": { "type": "string" } } } } } }] },
                      "tags": { "allOf": [{ "$ref": "#/definitions/facet" }, { "type": "object", "properties": { "tags": { "type": "array", "items": { "type": "object", "required": ["key", "value"], "properties": { "key": { "type": "string" }, "value": { "type": "string" }, "source": { "type": "string" } } } } } }] }
                    }
                  }
                }
              }]
            }
          }
        }
        """;

    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromJsonAsync(Text).GetAwaiter().GetResult());

    /// <summary>What is wrong with an event; empty where nothing is.</summary>
    public static string Problems(string told) => string.Join('\n', Schema.Value.Validate(told).Select(p => p.ToString()));
}
