"""many lines, quoted names"""

index = '''
CREATE INDEX "by user"
    ON "messages" ("user" ASC, "at" ASC)  -- both
'''
