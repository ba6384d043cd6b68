using Scalar.AspNetCore;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>Serves the API's description: as a document, and as a page to read and to try calls on.</summary>
internal static class ApiDocumentRoutes
{
    private const string DocumentPath = "/openapi/v1.json";

    private const string PagePath = "/docs";

    /// <summary>What the page may load and call: nothing of any other host, whatever its script would like.</summary>
    private const string OwnHostOnly =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the document and the page.</summary>
    public static void MapApiDocument(this WebApplication app)
    {
        // Made when somebody asks for it: nodes start, and most of them serve, without it.
        var document = new Lazy<Task<byte[]>>(ApiDocument.WriteAsync);
        app.MapMethods(DocumentPath, [HttpMethods.Get, HttpMethods.Head], async context => await Answer.WriteAsync(context, await document.Value))
            .ExcludeFromDescription();
        app.MapScalarApiReference(PagePath, Configure).ExcludeFromDescription().Finally(endpoint =>
        {
            TakeHead(endpoint);
            var page = endpoint.RequestDelegate ?? throw new InvalidOperationException("An endpoint does nothing.");
            endpoint.RequestDelegate = context =>
            {
                context.Response.Headers.ContentSecurityPolicy = OwnHostOnly;
                return page(context);
            };
        });
    }

    /// <summary>Whatever can be got can be asked for without its body; the page's own endpoints only know GET.</summary>
    private static void TakeHead(EndpointBuilder endpoint)
    {
        for (var i = 0; i < endpoint.Metadata.Count; i++)
        {
            if (endpoint.Metadata[i] is IHttpMethodMetadata { HttpMethods: [var only] } && HttpMethods.IsGet(only))
                endpoint.Metadata[i] = new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]);
        }
    }

    private static void Configure(ScalarOptions options) => options
        .WithTitle("Scheduler")
        .WithOpenApiRoutePattern(DocumentPath)
        .DisableDefaultFonts()
        .DisableTelemetry()
        .DisableAgent()
        .DisableMcp()
        .HideClientButton()
        .HideDeveloperTools();
}
