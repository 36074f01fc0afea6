"""The function app: registers the blueprints. Everything else is in helpr_core."""

import azure.functions as func

from helpr_core.web import manage, public

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(public.blueprint)
app.register_functions(manage.blueprint)
