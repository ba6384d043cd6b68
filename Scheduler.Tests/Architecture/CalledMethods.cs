using System.Reflection;
using Mono.Cecil;

namespace Scheduler.Tests.Architecture;

/// <summary>Which methods the code of a namespace calls: a rule on types alone cannot forbid the clock of a type that it must use.</summary>
internal static class CalledMethods
{
    public static HashSet<(string Type, string Method)> Of(Assembly assembly, string room)
    {
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        return module.GetTypes()
            .Where(t => Outermost(t).Namespace is { } ns && (ns == room || ns.StartsWith(room + ".", StringComparison.Ordinal)))
            .SelectMany(t => t.Methods)
            .Where(m => m.HasBody)
            .SelectMany(m => m.Body.Instructions)
            .Select(i => i.Operand)
            .OfType<MethodReference>()
            .Select(m => (m.DeclaringType.FullName, m.Name))
            .ToHashSet();
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
