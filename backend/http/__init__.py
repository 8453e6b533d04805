"""The REST API: blueprints that read a request, call one service, and answer JSON."""
