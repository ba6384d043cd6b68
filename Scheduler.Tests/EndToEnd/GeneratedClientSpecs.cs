using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Scheduler.Tests.Serialization;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.EndToEnd;

/// <summary>Clients that are generated from the API's description compile without a change, and create, list, read and patch a job of a real host.</summary>
[Collection(EndToEndCollection.Name)]
[Trait(LongSpecs.Trait, LongSpecs.Long)]
public sealed class GeneratedClientSpecs
{
    private const string Description = "docs/openapi.json";

    /// <summary>What both programs in <c>Clients</c> say of the job that they made.</summary>
    private const string Read = "True; 0 0 13 * 5 Either; Exponential 4 3; http://127.0.0.1:9/{{job.id}}; Pending; PT5M PT10S 2";

    [SkippableFact]
    public async Task A_client_by_NSwag_works()
    {
        using var folder = new TemporaryFolder();
        await GenerateAsync(
            "nswag",
            "openapi2csclient",
            $"/input:{Description}",
            $"/output:{Path.Combine(folder.Path, "Client.cs")}",
            "/namespace:GeneratedByNSwag",
            "/classname:SchedulerClient",
            "/generateNullableReferenceTypes:true",
            "/generateOptionalPropertiesAsNullable:true",
            "/generateOptionalParameters:true");

        Assert.Equal(Read, await UseAsync(folder.Path, "NSwagUse"));
    }

    [SkippableFact]
    public async Task A_client_by_Kiota_works()
    {
        using var folder = new TemporaryFolder();
        await GenerateAsync("kiota", "generate", "-l", "CSharp", "-d", Description, "-o", folder.Path, "-n", "GeneratedByKiota", "-c", "SchedulerClient");

        Assert.Equal(Read, await UseAsync(folder.Path, "KiotaUse"));
    }

    /// <summary>Runs a tool of the manifest in <c>.config</c>.</summary>
    private static async Task GenerateAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["tool", "run", tool, "--", .. arguments])
        {
            WorkingDirectory = GoldenFiles.SolutionFolder(),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KIOTA_OFFLINE_ENABLED"] = "true" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var said = await output + await errors;
        Skip.If(said.Contains("dotnet tool restore", StringComparison.Ordinal), "The generators are not here: 'dotnet tool restore' gets them.");
        Assert.True(process.ExitCode == 0, said);
    }

    /// <summary>Compiles what was generated with a program that uses it, and runs that against a host.</summary>
    private static async Task<string> UseAsync(string generated, string program)
    {
        var used = Path.Combine(AppContext.BaseDirectory, "EndToEnd", "Clients", $"{program}.cs");
        var sources = Directory.EnumerateFiles(generated, "*.cs", SearchOption.AllDirectories).Append(used);
        var compiled = CSharpCompilation.Create(
            program,
            sources.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        Assert.Empty(compiled.Emit(image).Diagnostics.Where(d => d.Severity is DiagnosticSeverity.Error));
        image.Position = 0;
        var run = AssemblyLoadContext.Default.LoadFromStream(image).GetType(program)!.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.Static)!;

        using var data = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(data.Path);
        using var http = new HttpClient { BaseAddress = host.Address };
        return await (Task<string>)run.Invoke(obj: null, [http])!;
    }
}
