// Shows the interface's description and lets it be tried out against this very gateway.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#interface",
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  validatorUrl: null,
  syntaxHighlight: { theme: "arta" },
});
