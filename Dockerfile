# One image for broker and ingest; docker-compose.yml says which of them a container runs.
FROM node:20.19-bookworm AS build
WORKDIR /srv/jostle
COPY package.json package-lock.json ./
COPY contracts/package.json contracts/bundle-typebox.js contracts/
COPY contracts/src/typebox.ts contracts/src/
COPY edge/package.json edge/
COPY edge/bin edge/bin
COPY broker/package.json broker/
COPY ingest/package.json ingest/
COPY ingest/bin ingest/bin
COPY dashboards/package.json dashboards/
COPY firmware-sim/package.json firmware-sim/
COPY tests/package.json tests/
RUN npm ci --omit=dev
COPY tsconfig.base.json tsconfig.json ./
COPY contracts contracts
COPY broker broker
COPY ingest ingest
COPY dashboards dashboards
RUN node --import tsx dashboards/console/build.ts /srv/console

FROM node:20.19-bookworm-slim
WORKDIR /srv/jostle
COPY --from=build /srv/jostle /srv/jostle
COPY --from=build /srv/console /srv/console
USER node
