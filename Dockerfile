# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The kind of machine that the image is for: BuildKit sets it.
ARG TARGETARCH
WORKDIR /src

# What decides which packages are restored comes first, so that a change of code keeps this layer.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Scheduler.Sqlite/Scheduler.Sqlite.csproj Scheduler.Sqlite/
COPY Scheduler.Actors/Scheduler.Actors.csproj Scheduler.Actors/
COPY Scheduler.Persistence/Scheduler.Persistence.csproj Scheduler.Persistence/
COPY Scheduler.Host/Scheduler.Host.csproj Scheduler.Host/
RUN dotnet restore Scheduler.Host --arch $TARGETARCH

COPY eng/ eng/
COPY hocon/ hocon/
COPY Scheduler.Sqlite/ Scheduler.Sqlite/
COPY Scheduler.Actors/ Scheduler.Actors/
COPY Scheduler.Persistence/ Scheduler.Persistence/
COPY Scheduler.Host/ Scheduler.Host/
RUN dotnet publish Scheduler.Host --configuration Release --arch $TARGETARCH --no-self-contained --no-restore --output /app -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./

# A volume takes its first owner from the folder that is there.
RUN mkdir /data && chown "$APP_UID" /data
VOLUME /data

# The image's own ASPNETCORE_HTTP_PORTS would only be warned about.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://0.0.0.0:8080 \
    Scheduler__DataPath=/data
EXPOSE 8080

USER $APP_UID
STOPSIGNAL SIGTERM

# By bash, which the image has: curl would be one more package to keep patched, for one request.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["dotnet", "Scheduler.Host.dll"]
