from .token_config import TokenConfig, TokenConfigJSON
