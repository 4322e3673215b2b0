"""What must hold after every action of anybody, in any order."""
