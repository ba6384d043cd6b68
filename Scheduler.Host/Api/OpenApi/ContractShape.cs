using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Paging;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>
/// The schema of an answer, made from how it is serialized: names, types, what may be null and what may be left out cannot differ from what
/// clients get. What members mean is said by hand.
/// </summary>
internal static class ContractShape
{
    /// <summary>Contracts that have a schema of their own.</summary>
    private static readonly Dictionary<Type, string> Named = new()
    {
        [typeof(WaitingForAnswer)] = Components.WaitingFor,
        [typeof(AttemptAnswer)] = Components.Attempt,
        [typeof(ProgressAnswer)] = Components.Progress,
        [typeof(FireTimeAnswer)] = Components.FireTime,
        [typeof(RebuildAnswer)] = Components.Rebuild,
        [typeof(FailingSliceAnswer)] = Components.FailingSlice,
        [typeof(MemberAnswer)] = Components.Member,
        [typeof(ReplanningAnswer)] = Components.Replanning,
    };

    /// <summary>The schema of a contract.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="contract">How it is serialized.</param>
    /// <param name="meaning">What a member means, by its name; a schema's enum, bounds and pattern are kept as well.</param>
    public static OpenApiSchema Of(string description, JsonTypeInfo contract, Func<string, OpenApiSchema> meaning)
    {
        var members = contract.Properties.Select(p => KeyValuePair.Create(p.Name, Member(p, meaning)));
        return Shape.Closed(description, contract.Properties.Where(IsAlwaysThere).Select(p => p.Name), members);
    }

    /// <summary>The schema of an answer as an item of a list, which may lack any member.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="whole">The answer's own schema.</param>
    public static OpenApiSchema OfItem(string description, OpenApiSchema whole)
    {
        var omitted = Shape.List("The members that were left out because they are large; only items that lack one have it.", Shape.Text("A member's name."));
        return Shape.Closed(description, required: [], [.. whole.Properties!, KeyValuePair.Create<string, IOpenApiSchema>(FieldSelection.Omitted, omitted)]);
    }

    private static bool IsAlwaysThere(JsonPropertyInfo member) =>
        member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false) is not [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static IOpenApiSchema Member(JsonPropertyInfo member, Func<string, OpenApiSchema> meaning)
    {
        var type = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
        var isNullable = IsAlwaysThere(member) && (type != member.PropertyType || (!type.IsValueType && member.IsGetNullable));
        IOpenApiSchema schema = Named.TryGetValue(type, out var name) ? Shape.Of(name) : Own(type, meaning(member.Name));
        return isNullable && schema is not OpenApiSchema { Type: null, AnyOf: null } ? Shape.OrNull(schema) : schema;
    }

    private static OpenApiSchema Own(Type type, OpenApiSchema said)
    {
        var schema = type == typeof(JsonText) ? new OpenApiSchema { Type = said.Type } : ByType(type);
        schema.Description = said.Description;
        schema.Enum = said.Enum;
        schema.Pattern = said.Pattern;
        schema.Minimum = said.Minimum;
        schema.Maximum = said.Maximum;
        return schema;
    }

    private static OpenApiSchema ByType(Type type)
    {
        if (type == typeof(JsonText))
            return new OpenApiSchema();
        if (type == typeof(DateTimeOffset))
            return OfType(JsonSchemaType.String, "date-time");
        if (type == typeof(TimeSpan))
            return OfType(JsonSchemaType.String, "duration");
        if (type == typeof(string))
            return OfType(JsonSchemaType.String);
        if (type == typeof(bool))
            return OfType(JsonSchemaType.Boolean);
        if (type == typeof(int))
            return OfType(JsonSchemaType.Integer, "int32");
        if (type == typeof(long))
            return OfType(JsonSchemaType.Integer, "int64");
        if (type == typeof(double))
            return OfType(JsonSchemaType.Number, "double");
        return type.GetGenericArguments() switch
        {
            [var item] when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) => new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = Part(item),
            },
            [_, var value] when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) => new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = Part(value),
            },
            _ when type.IsArray => new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = Part(type.GetElementType()!),
            },
            _ => throw new InvalidOperationException($"No shape for {type.Name}: name its schema, or say how it is written."),
        };
    }

    private static IOpenApiSchema Part(Type type) => Named.TryGetValue(type, out var name) ? Shape.Of(name) : ByType(type);

    private static OpenApiSchema OfType(JsonSchemaType type, string? format = null) => new()
    {
        Type = type,
        Format = format,
    };
}
