# The released action uses a prebuilt image of this file, for amd64 and arm64. The compiler runs on
# the machine that builds and compiles for the one that runs.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
# The toolchain that go.mod names, where the base image has an older one.
ENV GOTOOLCHAIN=auto
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY main.go LICENSE ./
COPY internal internal
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
# The action's two stages are one program, told apart by the name it is started under. Nothing is inlined
# (-l): the program waits for answers most of its time, while every run has to pull the image.
RUN mkdir -p /out/etc/ssl/certs \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -gcflags=all=-l \
      -ldflags "-s -w -X main.version=$VERSION" -o /out/lockstep . \
 && ln -s lockstep /out/lockstep-post
# The licences of all that is linked into the program travel with it.
RUN go build -o /licenses ./internal/tools/licenses \
 && GOOS=$TARGETOS GOARCH=$TARGETARCH /licenses -out /out/licenses .

# No shell, no git, no packages: one program, the certificates it trusts and licence texts. There is no
# USER line, since the files through which the runner takes outputs and state belong to root.
FROM scratch
COPY --from=build /out/ /
ENTRYPOINT ["/lockstep"]
