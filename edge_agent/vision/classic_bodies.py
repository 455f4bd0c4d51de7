class HogBodies: pass
class StripeBodies: pass
