import typing
from . import parameter_changes
from .parameter_changes import ParameterChanges, ParameterChangesJSON
