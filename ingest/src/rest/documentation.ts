import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypedApp } from './typed-app.ts';

/** `/openapi.json` and the page at `/docs`, made from the schemas of the routes. Register before the routes. */
export async function documentation(app: TypedApp, hasApiKey: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Jostle',
        version: '1',
        description:
          'Orders and what travels with them, what the sensors saw, and the finding for each return.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      ...(hasApiKey
        ? {
            components: { securitySchemes: { apiKey: { type: 'http' as const, scheme: 'bearer' } } },
            security: [{ apiKey: [] }],
          }
        : {}),
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { url: '/openapi.json' } });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
